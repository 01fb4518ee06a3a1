#include "basalt/framework/expected_start.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace basalt {
namespace {

bool has_room(const Resources& idle, const Resources& needed) {
  for (Dimension kind = 0; kind < needed.width(); ++kind) {
    if (needed[kind] > 0 && idle[kind] < needed[kind]) return false;
  }
  return true;
}

/// When a node will have so much idle, once those on it end.
std::optional<WallTime> expected_idle(const Session& session, NodeId node, const Resources& needed) {
  const Cluster& cluster = session.cluster();
  Resources idle = cluster.nodes()[node].allocatable - cluster.used(node);
  if (has_room(idle, needed)) return session.moment().now;
  std::vector<std::pair<WallTime, TaskId>> ends;
  cluster.for_each_task_on(node, [&](TaskId task) {
    if (cluster.status(task) == TaskStatus::pipelined) return;
    if (const auto end = expected_end(session, task)) ends.emplace_back(*end, task);
  });
  // Those that end together are counted together, so that their order does not matter.
  std::sort(ends.begin(), ends.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
  for (const auto& [end, task] : ends) {
    idle += cluster.spec(task).request;
    if (has_room(idle, needed)) return end;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> expected_end(const Session& session, TaskId task) {
  const Cluster& cluster = session.cluster();
  const WallTime now = session.moment().now;
  const TaskStatus status = cluster.status(task);
  if (status == TaskStatus::releasing) return now;
  const Task& row = cluster.tasks()[task];
  if (!is_allocated(status) || !row.job) return std::nullopt;
  const auto& estimate = cluster.jobs()[row.job].running_estimate;
  if (!estimate) return std::nullopt;
  const WallTime end = row.started.value_or(now) + *estimate;
  return end < now ? std::nullopt : std::optional(end);
}

Resources reserved_up_to(const Session& session, JobId job, NodeId node) {
  const Cluster& cluster = session.cluster();
  Resources own, before;
  cluster.for_each_task_on(node, [&](TaskId task) {
    if (cluster.status(task) != TaskStatus::pipelined) return;
    const JobId holder = cluster.tasks()[task].job;
    if (holder == job) {
      own += cluster.spec(task).request;
    } else if (holder && session.job_order(holder, job) < 0) {
      before += cluster.spec(task).request;
    }
  });
  Resources needed;
  for (Dimension kind = 0; kind < own.width(); ++kind) {
    if (own[kind] > 0) needed.set(kind, own[kind] + before[kind]);
  }
  return needed;
}

std::optional<WallTime> expected_start(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  std::unordered_set<NodeId> known;
  WallTime start = session.moment().now;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const NodeId node = cluster.node_of(task);
    if (cluster.status(task) != TaskStatus::pipelined || !known.insert(node).second) continue;
    const auto moment = expected_idle(session, node, reserved_up_to(session, job, node));
    if (!moment) return std::nullopt;
    start = std::max(start, *moment);
  }
  return start;
}

}  // namespace basalt
