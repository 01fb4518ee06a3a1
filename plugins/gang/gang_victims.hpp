#pragma once

#include <span>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// The candidates that can go without breaking a gang: in their order, one goes while its job
/// keeps more ready tasks than `min_member`, its sub-group more than `subGroupSize`, and its role
/// more than the role's minimum.
/// Candidates without a job stay.
///
/// Source: Volcano's gang eviction rule. Volcano looks at the job's minimum only, so that it
/// may evict the last task of a role; its gang-wise eviction actions do as is done here.
std::vector<TaskId> surplus_tasks(const Cluster& cluster, std::span<const TaskId> candidates);

/// The same, but a job of which every placed task is a candidate may go as a whole.
///
/// Source: Volcano lets its gang-wise actions evict any task, and leaves it to their bundles to be
/// whole; here nobody can break a gang, whoever makes the bundles.
std::vector<TaskId> whole_or_surplus_tasks(const Cluster& cluster, std::span<const TaskId> candidates);

}  // namespace basalt
