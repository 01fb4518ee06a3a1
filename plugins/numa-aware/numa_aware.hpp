#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Foresees which cpus a node's kubelet will give a Guaranteed pod, keeps pods from nodes where it would refuse them,
/// and prefers nodes where they lie in few NUMA nodes. Volcano's numa-aware plugin.
PluginType numa_aware();

}  // namespace basalt
