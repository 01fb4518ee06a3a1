#include "plugins/gang/gang_victims.hpp"

#include <unordered_map>

#include "plugins/gang/role_minima.hpp"

namespace basalt {
namespace {

/// What a job would have left, counted down as victims are chosen.
struct Remainder {
  std::int64_t ready = 0;
  std::vector<std::int64_t> by_role;                   ///< empty: role minima do not apply
  std::unordered_map<SubJobId, std::int64_t> by_part;  ///< of sub-groups, as far as asked about
};

Remainder remainder_of(const Cluster& cluster, JobId job) {
  const Job& row = cluster.jobs()[job];
  Remainder remainder{cluster.ready_tasks(job), {}, {}};
  if (!row.min_task_member.empty() && role_minima_apply(row)) remainder.by_role = ready_tasks_by_role(cluster, row);
  return remainder;
}

/// Counts one task out, if its job, its sub-group and its role can do without it.
bool take_one(Remainder& remainder, const Cluster& cluster, const Task& task) {
  const Job& job = cluster.jobs()[task.job];
  if (remainder.ready <= job.min_member) return false;
  const bool in_sub_group = task.sub_job && cluster.sub_jobs()[task.sub_job].policy;
  const auto part = in_sub_group ? remainder.by_part.try_emplace(task.sub_job, cluster.ready_tasks(task.sub_job)).first
                                 : remainder.by_part.end();
  if (in_sub_group && part->second <= cluster.min_member(task.sub_job)) return false;
  if (!remainder.by_role.empty()) {
    if (const auto entry = role_entry(job, task.role)) {
      if (remainder.by_role[*entry] <= job.min_task_member[*entry].second) return false;
      --remainder.by_role[*entry];
    }
  }
  if (in_sub_group) --part->second;
  --remainder.ready;
  return true;
}

/// Candidates that may go, one after another: those of jobs that go whole, and of the others what
/// they can spare.
template <class GoesWhole>
std::vector<TaskId> tasks_to_go(const Cluster& cluster, std::span<const TaskId> candidates, GoesWhole&& goes_whole) {
  std::unordered_map<JobId, Remainder> remainders;
  std::vector<TaskId> victims;
  for (const TaskId candidate : candidates) {
    const Task& task = cluster.tasks()[candidate];
    if (!task.job) continue;
    auto known = remainders.find(task.job);
    if (known == remainders.end()) known = remainders.emplace(task.job, remainder_of(cluster, task.job)).first;
    if (goes_whole(task.job) || take_one(known->second, cluster, task)) victims.push_back(candidate);
  }
  return victims;
}

}  // namespace

std::vector<TaskId> surplus_tasks(const Cluster& cluster, std::span<const TaskId> candidates) {
  return tasks_to_go(cluster, candidates, [](JobId) { return false; });
}

std::vector<TaskId> whole_or_surplus_tasks(const Cluster& cluster, std::span<const TaskId> candidates) {
  std::unordered_map<JobId, std::uint32_t> asked;
  for (const TaskId candidate : candidates) {
    if (is_allocated(cluster.status(candidate))) ++asked[cluster.tasks()[candidate].job];
  }
  return tasks_to_go(cluster, candidates, [&](JobId job) {
    const std::uint32_t placed = cluster.count(job, TaskStatus::allocated) + cluster.count(job, TaskStatus::binding) +
                                 cluster.count(job, TaskStatus::bound) + cluster.count(job, TaskStatus::running);
    return asked[job] == placed;
  });
}

}  // namespace basalt
