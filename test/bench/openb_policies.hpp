#pragma once

#include <string>
#include <vector>

#include "basalt/framework/plugin.hpp"
#include "bench/openb_trace.hpp"

namespace basalt::bench {

/// A way of choosing nodes, as a configuration file.
struct PlacementPolicy {
  std::string name;
  std::string configuration;
};

/// Those that are compared: random, best fit, Volcano's binpack, fragmentation gradient descent, and look-ahead. The
/// last two are told which shapes pods have and how often, and nothing about their order.
std::vector<PlacementPolicy> placement_policies(const Trace& trace, std::uint64_t seed);

/// Plugins that exist for comparison only: `random` and `best-fit`.
std::vector<PluginType> reference_plugins();

}  // namespace basalt::bench
