#include "actions/needed_victims.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace basalt {
namespace {

/// What nodes have left beyond what the places take, once all victims have gone.
std::unordered_map<NodeId, Resources> leftovers(Session& session, const Places& places,
                                                const std::vector<TaskId>& victims) {
  const Cluster& cluster = session.cluster();
  Transaction tx = session.begin();
  for (const TaskId victim : victims) tx.evict(victim, {});
  for (const auto& [task, node] : places) tx.pipeline(task, node);
  std::unordered_map<NodeId, Resources> left;
  for (const TaskId victim : victims) {
    const NodeId node = cluster.node_of(victim);
    Resources amounts;
    for (Dimension kind = 0; kind < cluster.schema().size(); ++kind) amounts.set(kind, cluster.future_idle(node, kind));
    left.emplace(node, amounts);
  }
  return left;
}

bool has_room(const Resources& left, const Resources& request) {
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    if (request[kind] > 0 && left[kind] < request[kind]) return false;
  }
  return true;
}

}  // namespace

bool places_hold(Session& session, const Places& places, std::span<const TaskId> gone, std::span<const TaskId> spared,
                 bool asks_queue) {
  const Cluster& cluster = session.cluster();
  std::unordered_set<NodeId> looked_at;
  for (const TaskId task : spared) looked_at.insert(cluster.node_of(task));
  Transaction tx = session.begin();
  for (const TaskId victim : gone) tx.evict(victim, {});
  for (const auto& [task, node] : places) {
    std::string refusal;
    const QueueId queue = cluster.jobs()[cluster.tasks()[task].job].queue;
    if (asks_queue && !session.allocatable(queue, task, refusal)) return false;
    const bool may_differ = looked_at.contains(node) || session.filter_inputs(task).contains(Input::other_placements);
    if (may_differ && !session.fit_once_left(task, node)) return false;
    if (cluster.future_shortage(node, cluster.spec(task).request)) return false;
    tx.pipeline(task, node);
  }
  return true;
}

std::vector<TaskId> needed_victims(Session& session, JobId job, const Places& places,
                                   const std::vector<TaskId>& victims, bool asks_queue) {
  const Cluster& cluster = session.cluster();
  const QueueId queue = cluster.jobs()[job].queue;
  std::unordered_map<NodeId, Resources> left = leftovers(session, places, victims);
  std::vector<TaskId> by_importance = victims;
  std::sort(by_importance.begin(), by_importance.end(),
            [&](TaskId one, TaskId other) { return session.victim_order(queue, other, one) < 0; });
  std::vector<TaskId> needed = victims;
  for (const TaskId spared : by_importance) {
    Resources& amounts = left.at(cluster.node_of(spared));
    if (!has_room(amounts, cluster.spec(spared).request)) continue;
    std::vector<TaskId> fewer = needed;
    std::erase(fewer, spared);
    if (!places_hold(session, places, fewer, {&spared, 1}, asks_queue)) continue;
    amounts -= cluster.spec(spared).request;
    needed = std::move(fewer);
  }
  return needed;
}

}  // namespace basalt
