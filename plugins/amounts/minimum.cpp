#include "plugins/amounts/minimum.hpp"

#include <algorithm>

namespace basalt {
namespace {

std::int64_t allocated_tasks(const Cluster& cluster, JobId job) {
  return std::int64_t{cluster.count(job, TaskStatus::allocated)} + cluster.count(job, TaskStatus::binding) +
         cluster.count(job, TaskStatus::bound) + cluster.count(job, TaskStatus::running);
}

}  // namespace

Resources excess(const Resources& amount, const Resources& base) {
  Resources result;
  for (Dimension kind = 0; kind < amount.width(); ++kind) {
    if (amount[kind] > base[kind]) result.set(kind, amount[kind] - std::max<std::int64_t>(base[kind], 0));
  }
  return result;
}

Resources unmet_minimum(const Cluster& cluster, JobId job) {
  const auto& minimum = cluster.jobs()[job].min_resources;
  return minimum ? excess(*minimum, cluster.allocated(job)) : Resources{};
}

Resources admission_claim(const Cluster& cluster, JobId job) {
  Resources claim = unmet_minimum(cluster, job);
  if (cluster.count(job, TaskStatus::pending) == 0) return claim;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    if (cluster.status(task) != TaskStatus::pending || !cluster.spec(task).gated) continue;
    claim = excess(claim, cluster.spec(task).request);
  }
  return claim;
}

bool keeps_its_claim(const Cluster& cluster, JobId job) {
  const Job& row = cluster.jobs()[job];
  if (!row.min_resources) return false;
  switch (cluster.phase(job)) {
    case JobPhase::inqueue: return true;
    case JobPhase::running: return allocated_tasks(cluster, job) >= row.min_member;
    case JobPhase::pending:
    case JobPhase::unknown:
    case JobPhase::completed: return false;
  }
  return false;
}

Resources standing_claim(const Cluster& cluster, JobId job) {
  return keeps_its_claim(cluster, job) ? admission_claim(cluster, job) : Resources{};
}

}  // namespace basalt
