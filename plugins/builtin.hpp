#pragma once

#include <vector>

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Every kind of plugin that comes with the program, for the registry. A new one is one more
/// line here.
std::vector<PluginType> builtin_plugins();

}  // namespace basalt
