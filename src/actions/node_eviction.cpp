#include "actions/node_eviction.hpp"

#include <algorithm>

namespace basalt {
namespace {

/// Whether filters may answer differently with tasks gone from the node.
bool looks_at_tasks(const Inputs& inputs) {
  return inputs.contains(Input::node_usage) || inputs.contains(Input::tasks_on_node) ||
         inputs.contains(Input::other_placements);
}

}  // namespace

NodeEviction::NodeEviction(Session& session, EvictionKind kind, VictimLists& lists)
    : session_(session),
      cluster_(session.cluster()),
      kind_(kind),
      lists_(lists),
      follows_volcano_(session.configuration().victims_fall_through),
      has_policy_(kind == EvictionKind::across_queues ? session.has_reclaim_policy() : session.has_preempt_policy()) {}

std::vector<TaskId> NodeEviction::may_go(TaskId evictor, NodeId node) const {
  std::vector<TaskId> candidates;
  for (const TaskId task : lists_.on(node, cluster_.jobs()[cluster_.tasks()[evictor].job].queue)) {
    if (is_candidate(evictor, task)) candidates.push_back(task);
  }
  if (candidates.empty()) return candidates;
  return kind_ == EvictionKind::across_queues ? session_.reclaimable(evictor, candidates)
                                              : session_.preemptable(evictor, candidates);
}

std::optional<std::vector<TaskId>> NodeEviction::plan(TaskId evictor, NodeId node, std::span<const TaskId> may_go,
                                                      Room room) const {
  if (!has_room_without(evictor, node, may_go)) return std::nullopt;
  const Fit objection = session_.objection(evictor, node);
  const bool by_amounts = room == Room::on_node && !looks_at_tasks(session_.filter_inputs(evictor));
  if (objection.verdict == Fit::Verdict::unresolvable || (by_amounts && !objection)) return std::nullopt;
  const auto fits = [&](std::span<const TaskId> victims) {
    return has_room_without(evictor, node, victims) && (by_amounts || fits_without(evictor, node, victims, room));
  };
  if (fits({})) return std::vector<TaskId>{};
  if (may_go.empty() || !fits(may_go)) return std::nullopt;
  std::vector<TaskId> victims(may_go.begin(), may_go.end());
  for (std::size_t i = victims.size(); i-- > 0;) {
    const TaskId spared = victims[i];
    victims.erase(victims.begin() + static_cast<std::ptrdiff_t>(i));
    if (!fits(victims)) victims.insert(victims.begin() + static_cast<std::ptrdiff_t>(i), spared);
  }
  return victims;
}

/// What no plugin is asked about. A task of a more important job never makes room for a less
/// important one, and where nobody says who should go, equals stay: else they could take turns
/// for ever.
bool NodeEviction::is_candidate(TaskId evictor, TaskId candidate) const {
  const TaskStatus status = cluster_.status(candidate);
  if (status != TaskStatus::running && status != TaskStatus::bound) return false;
  const Task& task = cluster_.tasks()[evictor];
  const Task& other = cluster_.tasks()[candidate];
  if ((kind_ == EvictionKind::within_job) != (task.job == other.job)) return false;
  if (cluster_.spec(evictor).is_best_effort() && !cluster_.spec(candidate).is_best_effort()) return false;
  if (follows_volcano_) return true;
  if (kind_ == EvictionKind::across_queues) return has_policy_;
  if (kind_ == EvictionKind::within_job) return other.priority < task.priority;
  const std::int32_t priority = cluster_.jobs()[task.job].priority;
  const std::int32_t others = cluster_.jobs()[other.job].priority;
  return has_policy_ ? others <= priority : others < priority;
}

bool NodeEviction::has_room_without(TaskId evictor, NodeId node, std::span<const TaskId> victims) const {
  const Resources& request = cluster_.spec(evictor).request;
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    if (request[kind] <= 0) continue;
    std::int64_t left = cluster_.future_idle(node, kind);
    for (const TaskId victim : victims) left += cluster_.spec(victim).request[kind];
    if (left < request[kind]) return false;
  }
  return true;
}

bool NodeEviction::fits_without(TaskId evictor, NodeId node, std::span<const TaskId> victims, Room room) const {
  Transaction tx = session_.begin();
  for (const TaskId victim : victims) tx.evict(victim, {});
  std::string why;
  if (room == Room::on_node_and_in_queue &&
      !session_.allocatable(cluster_.jobs()[cluster_.tasks()[evictor].job].queue, evictor, why)) {
    return false;
  }
  return static_cast<bool>(session_.fit_once_left(evictor, node));
}

}  // namespace basalt
