#include "actions/starving_jobs.hpp"

#include <algorithm>

#include "basalt/framework/fifo_lines.hpp"
#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

bool is_being_served(const Cluster& cluster, JobId job) {
  if (cluster.waiting_tasks(job) == 0) return false;
  const std::vector<TaskId>& tasks = cluster.jobs()[job].tasks;
  return std::any_of(tasks.begin(), tasks.end(), [&](TaskId task) {
    if (cluster.status(task) != TaskStatus::pipelined) return false;
    bool leaving = false;
    cluster.for_each_task_on(cluster.node_of(task), [&](TaskId other) {
      leaving = leaving || cluster.status(other) == TaskStatus::releasing;
    });
    return leaving;
  });
}

}  // namespace

std::string why_nobody_goes_for(const Session& session, JobId id) {
  const Cluster& cluster = session.cluster();
  const Job& job = cluster.jobs()[id];
  if (cluster.count(id, TaskStatus::pending) + cluster.waiting_tasks(id) == 0) return "no pod of it waits";
  if (!job.queue || !job.blockers.empty() || cluster.phase(id) == JobPhase::pending) return "it has not come in";
  if (session.job_valid(id)) return "it is not valid";
  if (has_binding_topology(job)) {
    if (!session.has_hyper_node_gradient()) return "no plugin evaluates its networkTopology";
    if (std::string why = unresolved_topology(cluster, id); !why.empty()) return why;
  }
  const bool starves = cluster.count(id, TaskStatus::pending) > 0 && session.job_starving(id);
  if (!starves && empty_promises(cluster, id).empty()) return "it does not starve";
  return is_being_served(cluster, id) ? "what has to leave for it is leaving" : "";
}

std::vector<JobId> starving_jobs(const Session& session) {
  std::vector<JobId> jobs;
  const FifoLines lines(session);
  for (const JobId job : session.jobs_in_view()) {
    if (why_nobody_goes_for(session, job).empty() && !lines.ahead_of(job)) jobs.push_back(job);
  }
  std::sort(jobs.begin(), jobs.end(), [&](JobId left, JobId right) { return session.job_order(left, right) < 0; });
  return jobs;
}

std::vector<TaskId> empty_promises(const Cluster& cluster, JobId job) {
  std::vector<TaskId> tasks;
  if (cluster.waiting_tasks(job) == 0) return tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    if (cluster.status(task) != TaskStatus::pipelined) continue;
    const Resources& request = cluster.spec(task).request;
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] > 0 && cluster.future_idle(cluster.node_of(task), kind) < 0) {
        tasks.push_back(task);
        break;
      }
    }
  }
  return tasks;
}

std::vector<TaskId> tasks_that_may_evict(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  std::vector<TaskId> tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    if (cluster.status(task) != TaskStatus::pending || cluster.spec(task).gated) continue;
    if (!cluster.tasks()[task].never_preempts && session.pre_predicate(task).empty()) tasks.push_back(task);
  }
  std::sort(tasks.begin(), tasks.end(), [&](TaskId left, TaskId right) { return session.task_order(left, right) < 0; });
  return tasks;
}

}  // namespace basalt
