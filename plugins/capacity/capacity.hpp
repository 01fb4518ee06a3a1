#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Divides the cluster among queues by what each deserves, up to what each may have; flat or as a tree.
/// Volcano's capacity plugin.
PluginType capacity();

}  // namespace basalt
