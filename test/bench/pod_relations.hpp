#pragma once

#include <vector>

#include "bench/workloads.hpp"

namespace basalt::bench {

/// The workloads of kube-scheduler's own benchmark (test/integration/scheduler_perf) whose pods
/// depend on other pods, at its sizes.
std::vector<Workload> pod_relation_workloads();

/// Nodes of 4 cpu and 32 GiB in three zones (one for required affinity), and `workload.placed` pods
/// that run already, one a node.
std::vector<Delta> make_related_world(const Workload& workload);
/// The pods to be placed, of 100m and 500 MiB, all of one template.
std::vector<Delta> make_related_pods(const Workload& workload);

}  // namespace basalt::bench
