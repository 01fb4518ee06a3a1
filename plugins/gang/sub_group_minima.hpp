#pragma once

#include <cstdint>

#include "basalt/framework/cluster.hpp"
#include "plugins/gang/role_minima.hpp"

/// Minima of a job's sub-groups (PodGroup `spec.subGroupPolicy`): how many tasks a part needs, and
/// how many such parts the job needs.
namespace basalt {

/// Tasks of a part that are that far.
[[nodiscard]] std::int64_t tasks_at(const Cluster& cluster, SubJobId sub_job, RoleStage stage);
/// Whether a part has its minimum of them.
[[nodiscard]] bool sub_job_is_at(const Cluster& cluster, SubJobId sub_job, RoleStage stage);
/// Whether every policy has its minimum of parts that have theirs. Source: Volcano's CheckSubJobValid,
/// CheckSubJobReady and CheckSubJobPipelined; a part that is too small to become ready is not valid
/// here.
[[nodiscard]] bool sub_group_minima_met(const Cluster& cluster, JobId job, RoleStage stage);

}  // namespace basalt
