#include "scheduler/explanations.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "basalt/framework/explanation.hpp"

namespace basalt {
namespace {

std::string explain_pod(Session& session, TaskId task, const std::string& name, bool as_json) {
  const Cluster& cluster = session.cluster();
  const Task& row = cluster.tasks()[task];
  const NodeId node = cluster.node_of(task);
  const std::string status(to_string(cluster.status(task)));
  const std::string place = node ? cluster.node_name(node) : "";
  const bool waits = cluster.status(task) == TaskStatus::pending || cluster.status(task) == TaskStatus::pipelined;
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
  if (subject.kind == Subject::Kind::everything) {
    Summary summary(as_json);
    while (summary.go_on(session)) {
    }
    return summary.text();
  }
  if (subject.kind == Subject::Kind::job) {
    const JobId job = find_job(session.cluster(), subject.name);
    if (!job) return std::nullopt;
    return as_json ? print_json(explain(session, job)) + "\n" : print(explain(session, job));
  }
  const TaskId task = find_task(session.cluster(), subject.name);
  if (!task) return std::nullopt;
  return explain_pod(session, task, subject.name, as_json);
}

bool Summary::go_on(Session& session) {
  const Cluster& cluster = session.cluster();
  if (!std::exchange(has_begun_, true)) {
    const std::vector<JobId> jobs = waiting_jobs(session);
    waiting_ = jobs.size();
    for (const JobId id : jobs) {
      if (names_.size() == kMostJobs) break;
      names_.push_back(cluster.jobs()[id].namespace_name + "/" + cluster.jobs()[id].name);
    }
    std::reverse(names_.begin(), names_.end());
    return !names_.empty();
  }
  const JobId job = find_job(cluster, names_.back());
  names_.pop_back();
  if (job) {  // it may have gone meanwhile
    const JobExplanation explained = explain(session, job);
    text_ += as_json_ ? (text_.empty() ? "" : ",\n") + print_json(explained) : print_line(explained);
  }
  return !names_.empty();
}

std::string Summary::text() const {
  if (as_json_) return "{\"waiting\":" + std::to_string(waiting_) + ",\"jobs\":[" + text_ + "]}\n";
  if (waiting_ == 0) return "no job waits\n";
  return text_ + (waiting_ > kMostJobs ? "and " + std::to_string(waiting_ - kMostJobs) + " more\n" : "");
}

}  // namespace basalt
