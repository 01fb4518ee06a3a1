#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/delta.hpp"
#include "plugins/fragmentation/pod_shapes.hpp"

namespace basalt::bench {

/// A machine of Alibaba's GPU cluster trace of 2023 (openb).
struct TraceNode {
  std::string name, model;
  std::int64_t cpu_milli = 0, memory_mib = 0, gpus = 0;
};

/// A pod of the trace: `gpus` GPUs, `gpu_milli` of each.
struct TracePod {
  std::int64_t cpu_milli = 0, memory_mib = 0, gpus = 0, gpu_milli = 0;
  std::string models;  ///< "V100M16|V100M32": those it runs on; empty: all
  [[nodiscard]] std::int64_t gpu_demand() const { return gpus * gpu_milli; }
};

struct Trace {
  std::vector<TraceNode> nodes;
  std::vector<TracePod> pods;
  /// Of all nodes, in thousandths of a GPU.
  [[nodiscard]] std::int64_t gpu_capacity() const;
};

/// Reads openb_node_list_gpu_node.csv and openb_pod_list_default.csv in a folder.
Result<Trace> read_trace(const std::string& folder);

/// The order in which pods arrive, as positions in the list: the list in random order, then more of it, drawn at
/// random with replacement, until they ask for `percent` of all GPUs. Only the seed decides.
std::vector<std::size_t> arrivals(const Trace& trace, std::uint64_t seed, std::int64_t percent);

/// The shapes of the trace's pods and how often each occurs: what a distribution of earlier pods would be.
ExpectedShapes shapes_of(const Trace& trace);

/// A node whose GPUs are shared under the vGPU contract: each has 1000 units of memory, so that memory is thousandths.
NodeObject node_object(const TraceNode& node);
/// The pod that arrives as number `arrival`.
PodObject pod_object(const TracePod& pod, std::size_t arrival);

}  // namespace basalt::bench
