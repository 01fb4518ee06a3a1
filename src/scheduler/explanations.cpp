#include "scheduler/explanations.hpp"

#include <algorithm>
#include <vector>

#include "basalt/framework/explanation.hpp"

namespace basalt {
namespace {

/// Each is tried on all nodes, and meanwhile nothing is scheduled.
constexpr std::size_t kMostJobs = 50;

std::string explain_everything(Session& session, bool as_json) {
  std::vector<JobId> jobs = waiting_jobs(session);
  const std::size_t all = jobs.size();
  jobs.resize(std::min(all, kMostJobs));
  std::string text;
  for (const JobId job : jobs) {
    const JobExplanation explained = explain(session, job);
    text += as_json ? (text.empty() ? "" : ",\n") + print_json(explained) : print_line(explained);
  }
  if (as_json) return "{\"waiting\":" + std::to_string(all) + ",\"jobs\":[" + text + "]}\n";
  if (all > jobs.size()) text += "and " + std::to_string(all - jobs.size()) + " more\n";
  return text.empty() ? "no job waits\n" : text;
}

std::string explain_pod(Session& session, TaskId task, const std::string& name, bool as_json) {
  const Cluster& cluster = session.cluster();
  const Task& row = cluster.tasks()[task];
  const NodeId node = cluster.node_of(task);
  const std::string status(to_string(cluster.status(task)));
  const std::string place = node ? cluster.node_name(node) : "";
  const bool waits =
      cluster.status(task) == TaskStatus::pending || cluster.status(task) == TaskStatus::pipelined;
  if (!row.job || !waits) {
    if (as_json) return "{\"status\":\"" + status + "\",\"node\":\"" + place + "\",\"job\":null}\n";
    return "pod " + name + " is " + status + (place.empty() ? "" : " on node " + place) +
           (row.job ? "" : ", and is not ours") + "\n";
  }
  JobExplanation job = explain(session, row.job);
  if (const TaskExplanation* own = find_task(job, name)) job.tasks = {*own};
  if (as_json) return "{\"status\":\"" + status + "\",\"node\":\"" + place + "\",\"job\":" + print_json(job) + "}\n";
  return "pod " + name + " is " + status + (place.empty() ? "" : ", with a reservation on node " + place) + "\n" +
         print(job);
}

}  // namespace

std::optional<std::string> explain(Session& session, const Subject& subject, bool as_json) {
  if (subject.kind == Subject::Kind::everything) return explain_everything(session, as_json);
  if (subject.kind == Subject::Kind::job) {
    const JobId job = find_job(session.cluster(), subject.name);
    if (!job) return std::nullopt;
    return as_json ? print_json(explain(session, job)) + "\n" : print(explain(session, job));
  }
  const TaskId task = find_task(session.cluster(), subject.name);
  if (!task) return std::nullopt;
  return explain_pod(session, task, subject.name, as_json);
}

}  // namespace basalt
