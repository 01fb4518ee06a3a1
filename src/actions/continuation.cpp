#include "actions/continuation.hpp"

#include <numeric>

namespace basalt {
namespace {

bool is_possible(TaskStatus status) {
  return status == TaskStatus::pending || status == TaskStatus::pipelined || status == TaskStatus::succeeded ||
         is_allocated(status);
}

/// Where the minima of roles add up to more than the job's own, that one alone counts.
bool roles_count(const Job& job) {
  const auto sum = std::accumulate(job.min_task_member.begin(), job.min_task_member.end(), std::int64_t{0},
                                   [](std::int64_t so_far, const auto& role) { return so_far + role.second; });
  return job.sub_groups.empty() && job.min_member >= sum;
}

}  // namespace

bool Prospects::survive(TaskId failed) {
  if (!spare_) count();
  bool enough = --spare_->of_job >= 0;
  if (spare_->of_part) enough = --*spare_->of_part >= 0 && enough;
  const auto role = spare_->of_role.find(cluster_.tasks()[failed].role);
  if (role != spare_->of_role.end()) enough = --role->second >= 0 && enough;
  return enough;
}

void Prospects::count() {
  const Job& job = cluster_.jobs()[job_];
  Spare& spare = spare_.emplace();
  spare.of_job = -std::int64_t{job.min_member};
  if (part_) spare.of_part = -std::int64_t{cluster_.min_member(part_)};
  if (roles_count(job)) {
    for (const auto& [role, minimum] : job.min_task_member) spare.of_role[role] = -std::int64_t{minimum};
  }
  for (const TaskId task : job.tasks) {
    if (!is_possible(cluster_.status(task))) continue;
    ++spare.of_job;
    if (spare.of_part && cluster_.tasks()[task].sub_job == part_) ++*spare.of_part;
    const auto role = spare.of_role.find(cluster_.tasks()[task].role);
    if (role != spare.of_role.end()) ++role->second;
  }
}

}  // namespace basalt
