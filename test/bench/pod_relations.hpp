#pragma once

#include <vector>

#include "bench/workloads.hpp"

namespace basalt::bench {

/// The workloads of kube-scheduler's own benchmark (test/integration/scheduler_perf) whose pods
/// depend on other pods, at its sizes.
std::vector<Workload> pod_relation_workloads();

/// Nodes of 4 cpu and 32 GiB in three zones (one for required affinity), pods of 100m and 500 MiB
/// that are all of one template, the first `workload.placed` of them running one a node.
std::vector<Delta> make_pod_relation_deltas(const Workload& workload);

}  // namespace basalt::bench
