#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Gives queues groups of nodes: those that their pods must, or would rather, go to, and those to keep away from.
/// Volcano's nodegroup plugin.
PluginType nodegroup();

}  // namespace basalt
