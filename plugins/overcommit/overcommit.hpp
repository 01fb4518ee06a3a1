#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Lets jobs in only while what they claim fits into the cluster, blown up by a factor.
/// Volcano's overcommit plugin.
PluginType overcommit();

}  // namespace basalt
