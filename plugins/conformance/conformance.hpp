#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Keeps critical pods from being evicted. Volcano's conformance plugin.
PluginType conformance();

}  // namespace basalt
