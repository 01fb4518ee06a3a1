#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Puts tasks of a job that talk to each other on one node, and those apart that should not share one, by annotations
/// of the PodGroup. Volcano's task-topology plugin, with a plan in place of its buckets.
PluginType task_topology();

}  // namespace basalt
