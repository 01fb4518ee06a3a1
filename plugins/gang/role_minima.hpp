#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/framework/cluster.hpp"

/// Minima of single roles in a job (PodGroup `spec.minTaskMember`). Source: Volcano's
/// CheckTaskValid, CheckTaskReady and CheckTaskPipelined, without their credit for pending
/// tasks that ask for nothing.
namespace basalt {

/// Whether role minima count at all: Volcano ignores them when the job's own minimum is below
/// their sum.
bool role_minima_apply(const Job& job);

/// How far a task must be to count for its role.
enum class RoleStage {
  valid,      ///< placed, reserved, succeeded or still pending
  ready,      ///< placed or succeeded
  pipelined,  ///< as ready, or reserved
};

/// Whether every role has its minimum of tasks that are that far; true when minima do not apply.
bool role_minima_met(const Cluster& cluster, JobId job, RoleStage stage);

/// The entry of `job.min_task_member` for a role, if that role has a minimum above zero.
std::optional<std::size_t> role_entry(const Job& job, Symbol role);

/// Tasks that are placed or succeeded, by entry of `job.min_task_member`.
std::vector<std::int64_t> ready_tasks_by_role(const Cluster& cluster, const Job& job);

}  // namespace basalt
