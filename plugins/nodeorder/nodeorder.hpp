#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Which nodes are better: kube-scheduler's scores, each with a weight, as Volcano's nodeorder
/// plugin sums them.
PluginType nodeorder();

}  // namespace basalt
