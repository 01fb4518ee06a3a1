#include "actions/victim_lists.hpp"

#include <algorithm>

namespace basalt {

std::span<const TaskId> VictimLists::on(NodeId node, QueueId evictor) {
  auto known = by_queue_.find(evictor);
  if (known == by_queue_.end()) known = by_queue_.emplace(evictor, make(evictor)).first;
  const Lists& lists = known->second;
  const std::uint32_t rank = session_.cluster().rank(node);
  return std::span(lists.tasks).subspan(lists.begins[rank], lists.begins[rank + 1] - lists.begins[rank]);
}

VictimLists::Lists VictimLists::make(QueueId evictor) const {
  const Cluster& cluster = session_.cluster();
  Lists lists;
  lists.begins.push_back(0);
  for (const NodeId node : cluster.nodes_in_order()) {
    const auto first = static_cast<std::ptrdiff_t>(lists.tasks.size());
    cluster.for_each_task_on(node, [&](TaskId task) {
      if (is_candidate(task, evictor)) lists.tasks.push_back(task);
    });
    std::sort(lists.tasks.begin() + first, lists.tasks.end(),
              [&](TaskId left, TaskId right) { return session_.victim_order(evictor, left, right) < 0; });
    lists.begins.push_back(static_cast<std::uint32_t>(lists.tasks.size()));
  }
  return lists;
}

/// What does not change in a session, and whether it is there to be evicted at all. A pod that
/// has not started is worth nothing to another queue yet; Volcano takes running ones only.
bool VictimLists::is_candidate(TaskId task, QueueId evictor) const {
  const Cluster& cluster = session_.cluster();
  const Task& row = cluster.tasks()[task];
  if (!row.job || !row.preemptable) return false;
  const TaskStatus status = cluster.status(task);
  const QueueId queue = cluster.jobs()[row.job].queue;
  if (!queue) return false;
  if (kind_ != EvictionKind::across_queues) {
    return queue == evictor && (status == TaskStatus::running || status == TaskStatus::bound);
  }
  return queue != evictor && cluster.queues()[queue].reclaimable && status == TaskStatus::running;
}

}  // namespace basalt
