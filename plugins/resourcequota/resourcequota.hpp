#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// The gate of a namespace: a job whose minimum its ResourceQuotas would refuse pods of is not let in.
/// Volcano's resourcequota plugin.
PluginType resourcequota();

}  // namespace basalt
