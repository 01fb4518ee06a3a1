#include <algorithm>
#include <charconv>

#include "basalt/base/check.hpp"
#include "basalt/framework/cluster.hpp"

// Which part of its job a task is in. Parts come with their first task and go with their last.
namespace basalt {
namespace {

/// The values that put a task into a part, or nothing when the policy does not match it.
/// Source: Volcano's sub-group policies; without keys a policy matches no task.
std::optional<std::vector<std::string>> values_of(const SubGroupPolicy& policy, const LabelSet& labels,
                                                  const Symbols& symbols) {
  const bool selected = std::all_of(policy.selector.begin(), policy.selector.end(),
                                    [&](const Requirement& asked) { return matches(asked, labels, symbols); });
  if (!selected || policy.match_label_keys.empty()) return std::nullopt;
  std::vector<std::string> values;
  for (const Symbol key : policy.match_label_keys) {
    const auto value = labels.value(key);
    if (!value || symbols.text(*value).empty()) return std::nullopt;
    values.push_back(symbols.text(*value));
  }
  return values;
}

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

SubJob part_for(JobId id, const Job& job, const LabelSet& labels, const Symbols& symbols) {
  SubJob part;
  part.job = id;
  for (std::size_t i = 0; i < job.sub_groups.size() && !part.policy; ++i) {
    if (auto values = values_of(job.sub_groups[i], labels, symbols)) {
      part.policy = i;
      part.index = number_in(values->front());
      part.values = std::move(*values);
    }
  }
  return part;
}

}  // namespace

void Cluster::add_to_sub_job(TaskId task, JobId job) {
  Job& owner = jobs_[job];
  if (!owner.has_parts()) return;
  Task& row = tasks_[task];
  static const LabelSet kNone;
  SubJob wanted = part_for(job, owner, row.labels ? label_sets()[row.labels].labels : kNone, symbols_);
  const auto place =
      std::lower_bound(owner.sub_jobs.begin(), owner.sub_jobs.end(), wanted,
                       [&](SubJobId left, const SubJob& right) { return comes_before(sub_jobs_[left], right); });
  if (place != owner.sub_jobs.end() && !comes_before(wanted, sub_jobs_[*place])) {
    row.sub_job = *place;
  } else {
    row.sub_job = sub_jobs_.insert(std::move(wanted));
    sub_job_counts_.grow(sub_jobs_.slots());
    sub_job_counts_.clear(row.sub_job.slot());
    owner.sub_jobs.insert(place, row.sub_job);
  }
  std::vector<TaskId>& members = sub_jobs_[row.sub_job].tasks;
  members.insert(std::upper_bound(members.begin(), members.end(), task,
                                  [&](TaskId left, TaskId right) { return comes_before(tasks_[left], tasks_[right]); }),
                 task);
  count_in(row.sub_job, status_[task], true);
}

void Cluster::remove_from_sub_job(TaskId task) {
  Task& row = tasks_[task];
  if (!row.sub_job) return;
  const SubJobId sub_job = std::exchange(row.sub_job, SubJobId{});
  count_in(sub_job, status_[task], false);
  SubJob& part = sub_jobs_[sub_job];
  std::erase(part.tasks, task);
  if (!part.tasks.empty()) return;
  std::erase(jobs_[part.job].sub_jobs, sub_job);
  sub_jobs_.erase(sub_job);
}

void Cluster::count_in(SubJobId sub_job, TaskStatus status, bool add) {
  std::uint32_t& counter = sub_job_counts_.edit(sub_job)[static_cast<std::size_t>(status)];
  counter = add ? counter + 1 : counter - 1;
}

std::int32_t Cluster::min_member(SubJobId sub_job) const {
  const SubJob& row = sub_jobs_[sub_job];
  const Job& job = jobs_[row.job];
  if (row.policy) return job.sub_groups[*row.policy].size;
  return job.sub_groups.empty() ? job.min_member : 1;
}

}  // namespace basalt
