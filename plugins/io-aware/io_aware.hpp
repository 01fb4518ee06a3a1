#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Network and disk as things a node can run out of: pods say how much they move in a second, nodes how much they can.
/// Basalt's own.
PluginType io_aware();

}  // namespace basalt
