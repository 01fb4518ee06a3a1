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

std::optional<std::vector<TaskId>> NodeEviction::plan(TaskId evictor, NodeId node, Room room) const {
  const Fit objection = session_.objection(evictor, node);
  const bool by_amounts = room == Room::on_node && !looks_at_tasks(session_.filter_inputs(evictor));
  if (objection.verdict == Fit::Verdict::unresolvable || (by_amounts && !objection)) return std::nullopt;
  const auto fits_now = [&] {
    if (!has_room_without(evictor, node, {})) return false;
    return by_amounts || fits_without(evictor, node, {}, room);
  };
  if (fits_now()) return std::vector<TaskId>{};

  const std::vector<TaskId> asked = candidates(evictor, node);
  if (asked.empty() || !has_room_without(evictor, node, asked)) return std::nullopt;
  std::vector<TaskId> victims = kind_ == EvictionKind::across_queues ? session_.reclaimable(evictor, asked)
                                                                     : session_.preemptable(evictor, asked);
  if (victims.empty() || !has_room_without(evictor, node, victims)) return std::nullopt;
  if (!by_amounts && !fits_without(evictor, node, victims, room)) return std::nullopt;
  return needed(evictor, node, std::move(victims), room, by_amounts);
}

std::vector<TaskId> NodeEviction::candidates(TaskId evictor, NodeId node) const {
  std::vector<TaskId> found;
  const QueueId queue = cluster_.jobs()[cluster_.tasks()[evictor].job].queue;
  for (const TaskId task : lists_.on(node, queue)) {
    if (may_go(evictor, task)) found.push_back(task);
  }
  return found;
}

/// What no plugin is asked about. A task of a more important job never makes room for a less
/// important one, and where nobody says who should go, equals stay: else they could take turns
/// for ever.
bool NodeEviction::may_go(TaskId evictor, TaskId candidate) const {
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

std::vector<TaskId> NodeEviction::needed(TaskId evictor, NodeId node, std::vector<TaskId> victims, Room room,
                                         bool by_amounts) const {
  for (std::size_t i = victims.size(); i-- > 0;) {
    const TaskId spared = victims[i];
    victims.erase(victims.begin() + static_cast<std::ptrdiff_t>(i));
    const bool still_fits = has_room_without(evictor, node, victims) &&
                            (by_amounts || fits_without(evictor, node, victims, room));
    if (!still_fits) victims.insert(victims.begin() + static_cast<std::ptrdiff_t>(i), spared);
  }
  return victims;
}

}  // namespace basalt
