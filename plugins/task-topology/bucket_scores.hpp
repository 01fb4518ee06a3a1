#pragma once

#include <span>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/task-topology/job_plans.hpp"
#include "plugins/task-topology/role_affinities.hpp"

namespace basalt {

/// Points of nodes for a task that waits, by the bucket it is in:
///
///     100 * (its tasks that are on the node - tasks of the job there that do not belong with this one
///            + its tasks that wait and would fit there together) / (size of the job's largest bucket)
///
/// and a millionth of a point for the node where the plan has the bucket. 0 for nodes that have no room for the task,
/// and for tasks that are in no bucket. Written to `out`, one a node. Source: Volcano's task-topology, whose buckets
/// know nothing of nodes.
void score_by_bucket(const Cluster& cluster, TaskId task, const RoleAffinities& roles, const JobPlan& plan,
                     std::span<const NodeId> nodes, std::span<Score> out);

}  // namespace basalt
