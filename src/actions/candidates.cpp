#include "actions/candidates.hpp"

#include <algorithm>

namespace basalt {
namespace {

/// Why a job is not looked at; empty: it is.
std::string why_not(Session& session, JobId id) {
  const Cluster& cluster = session.cluster();
  const Job& job = cluster.jobs()[id];
  if (!job.blockers.empty()) return job.blockers.front();
  if (!job.queue) return "queue \"" + job.queue_name + "\" not found";
  if (cluster.phase(id) == JobPhase::pending) {
    if (session.configuration().has_action("enqueue")) return "not enqueued yet";
    session.admit(id);
  }
  if (const auto objection = session.job_valid(id)) return objection->message;
  return {};
}

}  // namespace

std::vector<JobId> jobs_to_place(Session& session) {
  std::vector<JobId> jobs;
  session.cluster().jobs().for_each([&](JobId id, const Job& job) {
    if (!job.tasks.empty()) jobs.push_back(id);
  });
  std::erase_if(jobs, [&](JobId job) {
    std::string why = why_not(session, job);
    if (why.empty()) return false;
    std::string& noted = session.wait_report(job).job_reason;
    if (noted.empty()) noted = std::move(why);
    return true;
  });
  std::sort(jobs.begin(), jobs.end(), [&](JobId left, JobId right) { return session.job_order(left, right) < 0; });
  return jobs;
}

std::vector<TaskId> waiting_tasks(const Session& session, JobId job, bool best_effort) {
  const Cluster& cluster = session.cluster();
  std::vector<TaskId> tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const TaskStatus status = cluster.status(task);
    if (status != TaskStatus::pending && status != TaskStatus::pipelined) continue;
    const Spec& spec = cluster.spec(task);
    if (!spec.gated && spec.is_best_effort() == best_effort) tasks.push_back(task);
  }
  std::sort(tasks.begin(), tasks.end(), [&](TaskId left, TaskId right) { return session.task_order(left, right) < 0; });
  return tasks;
}

}  // namespace basalt
