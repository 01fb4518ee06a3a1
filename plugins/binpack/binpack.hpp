#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Prefers the node that is fullest once the task is on it. Volcano's binpack plugin.
PluginType binpack();

}  // namespace basalt
