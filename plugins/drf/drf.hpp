#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Dominant resource fairness between jobs: the job with the smallest dominant share goes first.
/// With enableHierarchy also between queues in a hierarchy with weights. Volcano's drf plugin.
PluginType drf();

}  // namespace basalt
