#include "plugins/gang/role_minima.hpp"

#include <algorithm>

namespace basalt {
namespace {

bool is_ready(TaskStatus status) { return is_allocated(status) || status == TaskStatus::succeeded; }

template <class Counts>
std::vector<std::int64_t> tasks_by_role(const Cluster& cluster, const Job& job, Counts&& counts) {
  std::vector<std::int64_t> found(job.min_task_member.size(), 0);
  for (const TaskId task : job.tasks) {
    if (const auto entry = role_entry(job, cluster.tasks()[task].role); entry && counts(task)) ++found[*entry];
  }
  return found;
}

bool has_reached(TaskStatus status, RoleStage stage) {
  if (is_ready(status)) return true;
  switch (stage) {
    case RoleStage::valid: return status == TaskStatus::pipelined || status == TaskStatus::pending;
    case RoleStage::ready: return false;
    case RoleStage::pipelined: return status == TaskStatus::pipelined;
  }
  return false;
}

}  // namespace

bool role_minima_apply(const Job& job) {
  std::int64_t sum = 0;
  for (const auto& [role, minimum] : job.min_task_member) sum += minimum;
  return job.min_member >= sum;
}

bool role_minima_met(const Cluster& cluster, JobId job, RoleStage stage) {
  const Job& row = cluster.jobs()[job];
  if (row.min_task_member.empty() || !role_minima_apply(row)) return true;
  const std::vector<std::int64_t> found =
      tasks_by_role(cluster, row, [&](TaskId task) { return has_reached(cluster.status(task), stage); });
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] < row.min_task_member[i].second) return false;
  }
  return true;
}

std::optional<std::size_t> role_entry(const Job& job, Symbol role) {
  for (std::size_t i = 0; i < job.min_task_member.size(); ++i) {
    if (job.min_task_member[i].first == role && job.min_task_member[i].second > 0) return i;
  }
  return std::nullopt;
}

std::vector<std::int64_t> ready_tasks_by_role(const Cluster& cluster, const Job& job) {
  return tasks_by_role(cluster, job, [&](TaskId task) { return is_ready(cluster.status(task)); });
}

}  // namespace basalt
