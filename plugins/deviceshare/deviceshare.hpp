#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Shares GPUs among pods: under the contract of Volcano's vGPU device plugin, or one of the two older ones. Volcano's
/// deviceshare plugin.
PluginType deviceshare();

}  // namespace basalt
