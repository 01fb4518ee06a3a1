#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Shares the cluster among queues in proportion to their weights. Volcano's proportion plugin.
PluginType proportion();

}  // namespace basalt
