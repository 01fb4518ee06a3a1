#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Keeps jobs, and parts of jobs, inside the HyperNodes that their networkTopology allows, in the
/// closest ones that can hold them. Volcano's network-topology-aware plugin.
PluginType network_topology_aware();

}  // namespace basalt
