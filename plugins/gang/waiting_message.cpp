#include "plugins/gang/waiting_message.hpp"

#include <algorithm>

namespace basalt {
namespace {

/// "2 Running, 3 Pending, 5 minAvailable".
std::string status_histogram(const Cluster& cluster, JobId job) {
  std::string text;
  for (std::size_t status = 0; status < kTaskStatuses; ++status) {
    const std::uint32_t count = cluster.counts(job)[status];
    if (count == 0) continue;
    text += std::to_string(count) + " " + std::string(to_string(static_cast<TaskStatus>(status))) + ", ";
  }
  return text + std::to_string(cluster.jobs()[job].min_member) + " minAvailable";
}

/// What no placement can cure, each sentence once: of the job, then of its waiting tasks in order.
std::vector<std::string> blockers(const Cluster& cluster, JobId job) {
  std::vector<std::string> found = cluster.jobs()[job].blockers;
  SpecId last;  // tasks of one template follow each other
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const SpecId spec = cluster.tasks()[task].spec;
    if (spec == last || cluster.status(task) != TaskStatus::pending) continue;
    last = spec;
    if (cluster.specs()[spec].gated) continue;
    for (const std::string& blocker : cluster.specs()[spec].blockers) {
      if (std::find(found.begin(), found.end(), blocker) == found.end()) found.push_back(blocker);
    }
  }
  return found;
}

std::string origin(const Session& session, JobId job) {
  std::string text = session.wait_text(job, std::nullopt);
  for (const std::string& blocker : blockers(session.cluster(), job)) {
    if (text.find(blocker) != std::string::npos) continue;
    if (!text.empty()) text += "; ";
    text += blocker;
  }
  return text;
}

}  // namespace

std::string waiting_message(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const Job& row = cluster.jobs()[job];
  std::int64_t missing = std::int64_t{row.min_member} - cluster.ready_tasks(job);
  if (missing <= 0) missing = cluster.count(job, TaskStatus::pending);  // what is missing are whole sub-groups
  std::string text = std::to_string(missing) + "/" + std::to_string(row.tasks.size()) +
                     " tasks in gang unschedulable: pod group is not ready, " + status_histogram(cluster, job);
  if (const std::uint32_t pending = cluster.count(job, TaskStatus::pending); pending > 0) {
    text += "; Pending: " + std::to_string(pending) + " Unschedulable";
  }
  if (const std::string reason = origin(session, job); !reason.empty()) text += ". Origin reason is: " + reason;
  return text;
}

}  // namespace basalt
