#include "actions/continuation.hpp"

#include <algorithm>

namespace basalt {
namespace {

std::int64_t placed_in_role(const Cluster& cluster, const Job& job, Symbol role) {
  return std::count_if(job.tasks.begin(), job.tasks.end(), [&](TaskId task) {
    const TaskStatus status = cluster.status(task);
    return cluster.tasks()[task].role == role && (is_allocated(status) || status == TaskStatus::succeeded);
  });
}

}  // namespace

bool may_still_succeed(const Cluster& cluster, JobId id, SubJobId part, const std::set<Symbol>& failed_roles) {
  const Job& job = cluster.jobs()[id];
  const auto minimum = static_cast<std::size_t>(std::max(job.min_member, 0));
  if (minimum == job.tasks.size()) return false;
  if (part) {
    const auto size = static_cast<std::size_t>(std::max(cluster.min_member(part), 0));
    if (size >= cluster.sub_jobs()[part].tasks.size()) return false;
  }
  if (!job.sub_groups.empty()) return true;
  std::int64_t role_minimums = 0;
  for (const auto& [role, minimum_of_role] : job.min_task_member) role_minimums += minimum_of_role;
  if (job.min_member < role_minimums) {
    std::size_t possible = cluster.ready_tasks(id);
    for (const TaskId task : job.tasks) {
      const bool waits = cluster.status(task) == TaskStatus::pending;
      if (waits && !failed_roles.contains(cluster.tasks()[task].role)) ++possible;
    }
    return possible >= minimum;
  }
  return std::none_of(job.min_task_member.begin(), job.min_task_member.end(), [&](const auto& role) {
    return role.second > 0 && failed_roles.contains(role.first) &&
           placed_in_role(cluster, job, role.first) < role.second;
  });
}

}  // namespace basalt
