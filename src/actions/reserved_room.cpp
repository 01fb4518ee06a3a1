#include "actions/reserved_room.hpp"

#include <algorithm>

#include "actions/worklist.hpp"
#include "basalt/framework/expected_start.hpp"

namespace basalt {
namespace {

std::vector<TaskId> reservations_of(const Cluster& cluster, JobId job) {
  std::vector<TaskId> tasks;
  if (cluster.waiting_tasks(job) == 0) return tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    if (cluster.status(task) == TaskStatus::pipelined) tasks.push_back(task);
  }
  return tasks;
}

/// Whether a node has idle what is reserved there for a job and for those before it.
bool is_free(const Session& session, JobId job, NodeId node) {
  const Cluster& cluster = session.cluster();
  if (!cluster.is_countable(node)) return false;
  const Resources needed = reserved_up_to(session, job, node);
  for (Dimension kind = 0; kind < needed.width(); ++kind) {
    if (needed[kind] > 0 && cluster.idle(node, kind) < needed[kind]) return false;
  }
  return true;
}

}  // namespace

bool take_reserved_room(Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const std::vector<TaskId> reserved = reservations_of(cluster, job);
  const bool is_free_everywhere = std::all_of(
      reserved.begin(), reserved.end(), [&](TaskId task) { return is_free(session, job, cluster.node_of(task)); });
  if (reserved.empty() || !is_free_everywhere) return false;
  Transaction tx = session.begin();
  const std::vector<NodeId> nodes = take_away(cluster, reserved, tx);
  for (std::size_t i = 0; i < reserved.size(); ++i) {
    std::string why;
    const bool may_go = session.allocatable(cluster.jobs()[job].queue, reserved[i], why) &&
                        session.pre_predicate(reserved[i]).empty() && session.objection(reserved[i], nodes[i]);
    if (!may_go || cluster.idle_shortage(nodes[i], cluster.spec(reserved[i]).request)) return false;
    if (!tx.allocate(reserved[i], nodes[i])) return false;
  }
  if (!session.job_ready(job) || is_half_placed(session, job)) return false;
  tx.commit();
  return true;
}

bool can_become_binds(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const std::vector<TaskId> reserved = reservations_of(cluster, job);
  return !reserved.empty() && std::all_of(reserved.begin(), reserved.end(), [&](TaskId task) {
    return session.objection(task, cluster.node_of(task)).verdict != Fit::Verdict::unresolvable;
  });
}

std::vector<TaskId> reserved_for_later(const Session& session, JobId job, const std::vector<JobId>& holders) {
  std::vector<TaskId> later;
  const Cluster& cluster = session.cluster();
  const auto& estimate = cluster.jobs()[job].running_estimate;
  if (!estimate) return later;
  const WallTime end = session.moment().now + *estimate;
  for (const JobId holder : holders) {
    if (holder == job || cluster.waiting_tasks(holder) == 0) continue;
    const auto start = expected_start(session, holder);
    if (!start || *start < end) continue;
    const std::vector<TaskId> reserved = reservations_of(cluster, holder);
    later.insert(later.end(), reserved.begin(), reserved.end());
  }
  return later;
}

std::vector<NodeId> take_away(const Cluster& cluster, const std::vector<TaskId>& reserved, Transaction& tx) {
  std::vector<NodeId> nodes;
  for (const TaskId task : reserved) {
    nodes.push_back(cluster.node_of(task));
    tx.release(task);
  }
  return nodes;
}

}  // namespace basalt
