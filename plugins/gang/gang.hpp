#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// All or nothing: a job is started when `minMember` of its pods, and the minimum of each of
/// its roles, can be placed; surplus pods alone are victims. Volcano's gang plugin.
PluginType gang();

}  // namespace basalt
