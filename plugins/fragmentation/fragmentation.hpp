#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Prefers the node on which a pod leaves GPUs, whole ones and shares, that the pods to come can use.
PluginType fragmentation();

}  // namespace basalt
