#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// PodGroup phase at the end of a session. Source: Volcano's job updater, releasing tasks
/// counted as scheduled as in its later releases.
JobPhase next_phase(const Session& session, JobId id) {
  const Cluster& cluster = session.cluster();
  const Job& job = cluster.jobs()[id];
  const auto count = [&](TaskStatus status) { return cluster.count(id, status); };
  if (count(TaskStatus::running) > 0 && !session.job_ready(id)) return JobPhase::unknown;
  const std::uint32_t completed = count(TaskStatus::succeeded) + count(TaskStatus::failed);
  const std::uint32_t scheduled =
      completed + count(TaskStatus::running) + count(TaskStatus::bound) + count(TaskStatus::releasing);
  if (scheduled >= static_cast<std::uint32_t>(std::max(job.min_member, 0))) {
    return scheduled == completed ? JobPhase::completed : JobPhase::running;
  }
  return cluster.phase(id) == JobPhase::inqueue ? JobPhase::inqueue : JobPhase::pending;
}

const ConditionText* find_condition(const std::vector<ConditionText>& conditions, std::string_view type) {
  for (const ConditionText& condition : conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

/// What stands between the slash and the space of a message that begins "3/10 tasks": how many
/// tasks a job had when it was written.
std::string_view total_of(std::string_view message) {
  const std::size_t slash = message.find('/');
  const std::size_t space = message.find(' ');
  return slash < space ? message.substr(slash + 1, space - slash - 1) : std::string_view();
}

/// Why a task waits of which no action noted anything: there was nothing to ask, or nothing in its own way.
std::string unexplained(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  if (cluster.nodes_in_order().empty()) return "0/0 nodes are unavailable.";
  if (session.job_ready(job)) return {};
  const auto is_gated = [&](TaskId task) { return cluster.spec(task).gated; };
  const std::vector<TaskId>& tasks = cluster.jobs()[job].tasks;
  const auto gated = std::count_if(tasks.begin(), tasks.end(), is_gated);
  if (gated == 0) return "pod group is not ready";
  return "pod group is not ready, " + std::to_string(gated) + " of its pods held by scheduling gates";
}

/// Rows in the order in which decisions about them are made.
template <class Tag, class T>
std::vector<Id<Tag>> in_order(const Table<Tag, T>& table) {
  std::vector<Id<Tag>> ids;
  ids.reserve(table.size());
  table.for_each([&](Id<Tag> id, const T&) { ids.push_back(id); });
  std::sort(ids.begin(), ids.end(),
            [&](Id<Tag> left, Id<Tag> right) { return comes_before(table[left], table[right]); });
  return ids;
}

}  // namespace

bool same_reasons(std::string_view left, std::string_view right) {
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t l = 0;
  std::size_t r = 0;
  while (true) {
    while (l < left.size() && is_digit(left[l])) ++l;
    while (r < right.size() && is_digit(right[r])) ++r;
    if (l == left.size() || r == right.size()) return l == left.size() && r == right.size();
    if (left[l++] != right[r++]) return false;
  }
}

std::string Session::wait_text(JobId job, std::optional<SpecId> spec) const {
  const WaitReport* report = find_wait_report(job);
  if (report == nullptr) return {};
  for (const auto& [asked, summary] : report->tasks) {
    if (asked == spec) return summary.text(cluster_.symbols());
  }
  for (const auto& [asked, sentence] : report->refusals) {
    if (asked == spec) return sentence;
  }
  if (!report->job_reason.empty()) return report->job_reason;
  if (!report->refusals.empty()) return report->refusals.front().second;
  if (!report->tasks.empty()) return report->tasks.front().second.text(cluster_.symbols());
  return {};
}

void Reporter::job_condition(JobId job, std::string_view type, std::string reason, std::string message) {
  const Job& row = session_.cluster().jobs()[job];
  if (row.implicit) return;
  const ConditionText* seen = find_condition(row.observed.conditions, type);
  // A job that has grown is worth saying so: "10/1 tasks" would puzzle whoever sees ten pods.
  if (seen != nullptr && seen->status == "True" && seen->reason == reason && same_reasons(seen->message, message) &&
      total_of(seen->message) == total_of(message)) {
    return;
  }
  decisions_.push_back(
      JobCondition{job, ConditionText{std::string(type), "True", std::move(reason), std::move(message)}});
}

void Reporter::task_condition(TaskId task, std::string reason, std::string message) {
  const auto& seen = session_.cluster().tasks()[task].scheduled;
  if (seen && seen->status == "False" && seen->reason == reason && same_reasons(seen->message, message)) return;
  decisions_.push_back(TaskCondition{task, std::move(reason), std::move(message)});
}

void Reporter::report_standard() {
  for (const JobId job : session_.jobs_in_view()) {
    report_job_status(job);
    report_faults(job);
    report_waiting_tasks(job);
  }
  report_queues();
}

void Reporter::report_job_status(JobId job) {
  const Cluster& cluster = session_.cluster();
  const Job& row = cluster.jobs()[job];
  if (row.implicit) return;
  const auto count = [&](TaskStatus status) { return static_cast<std::int32_t>(cluster.count(job, status)); };
  const JobStatus now{job, next_phase(session_, job), count(TaskStatus::running), count(TaskStatus::succeeded),
                      count(TaskStatus::failed)};
  const JobObserved& seen = row.observed;
  const bool is_known = seen.phase_text == to_string(now.phase) && seen.running == now.running &&
                        seen.succeeded == now.succeeded && seen.failed == now.failed;
  if (!is_known) decisions_.push_back(now);
}

/// Annotations that were left out. A fault that was mended is said to be.
void Reporter::report_faults(JobId job) {
  constexpr std::string_view kType = "InvalidAnnotation";
  const Job& row = session_.cluster().jobs()[job];
  std::string all;
  for (const std::string& fault : row.faults) all += (all.empty() ? "" : "; ") + fault;
  if (!all.empty()) {
    job_condition(job, kType, "InvalidAnnotation", std::move(all));
    return;
  }
  const ConditionText* seen = find_condition(row.observed.conditions, kType);
  if (seen == nullptr || seen->status == "False") return;
  decisions_.push_back(JobCondition{job, ConditionText{std::string(kType), "False", "Mended", {}}});
}

void Reporter::report_waiting_tasks(JobId job) {
  const Cluster& cluster = session_.cluster();
  if (cluster.count(job, TaskStatus::pending) + cluster.count(job, TaskStatus::pipelined) == 0) return;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const TaskStatus status = cluster.status(task);
    if (status == TaskStatus::pipelined) {
      const Task& row = cluster.tasks()[task];
      task_condition(task, "Unschedulable",
                     "Pod " + row.namespace_name + "/" + row.name + " can possibly be assigned to " +
                         cluster.node_name(cluster.node_of(task)) +
                         ", once resource is released and minAvailable is satisfied");
    } else if (status == TaskStatus::pending && !cluster.spec(task).gated) {
      std::string text = session_.wait_text(job, cluster.tasks()[task].spec);
      if (text.empty()) text = unexplained(session_, job);
      if (!text.empty()) task_condition(task, "Unschedulable", std::move(text));
    }
  }
}

/// A queue's allocated amount counts for every queue above it as well; a queue without a
/// parent is a child of "root", where there is one.
void Reporter::report_queues() {
  const Cluster& cluster = session_.cluster();
  std::map<std::string, QueueId, std::less<>> by_name;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) { by_name.emplace(queue.name, id); });
  std::map<std::string, Resources, std::less<>> sums;
  for (const auto& [name, id] : by_name) {
    std::string at = name;
    std::set<std::string> seen;
    while (seen.insert(at).second) {  // parents may go in circles
      const auto found = by_name.find(at);
      if (found == by_name.end()) break;
      sums[at] += cluster.allocated(id);
      if (at == "root") break;
      const std::string& parent = cluster.queues()[found->second].parent;
      at = parent.empty() ? "root" : parent;
    }
  }
  for (const QueueId id : in_order(cluster.queues())) {
    const Queue& queue = cluster.queues()[id];
    if (!queue.served) continue;  // another scheduler's
    NamedAmounts allocated = cluster.schema().named(sums[queue.name]);
    if (allocated != queue.observed_allocated) decisions_.push_back(QueueStatus{id, std::move(allocated)});
  }
}

}  // namespace basalt
