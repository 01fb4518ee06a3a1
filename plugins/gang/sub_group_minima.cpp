#include "plugins/gang/sub_group_minima.hpp"

#include <algorithm>
#include <vector>

namespace basalt {

std::int64_t tasks_at(const Cluster& cluster, SubJobId sub_job, RoleStage stage) {
  switch (stage) {
    case RoleStage::valid: return cluster.valid_tasks(sub_job);
    case RoleStage::ready: return cluster.ready_tasks(sub_job);
    case RoleStage::pipelined: return std::int64_t{cluster.ready_tasks(sub_job)} + cluster.waiting_tasks(sub_job);
  }
  return 0;
}

bool sub_job_is_at(const Cluster& cluster, SubJobId sub_job, RoleStage stage) {
  return tasks_at(cluster, sub_job, stage) >= cluster.min_member(sub_job);
}

bool sub_group_minima_met(const Cluster& cluster, JobId job, RoleStage stage) {
  const Job& row = cluster.jobs()[job];
  if (row.sub_groups.empty()) return true;
  std::vector<std::int64_t> missing;
  for (const SubGroupPolicy& policy : row.sub_groups) missing.push_back(policy.min_sub_groups);
  for (const SubJobId part : row.sub_jobs) {
    const auto policy = cluster.sub_jobs()[part].policy;
    if (policy && sub_job_is_at(cluster, part, stage)) --missing[*policy];
  }
  return std::all_of(missing.begin(), missing.end(), [](std::int64_t count) { return count <= 0; });
}

}  // namespace basalt
