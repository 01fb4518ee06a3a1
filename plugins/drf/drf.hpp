#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Dominant resource fairness between jobs: the job with the smallest dominant share goes first.
/// Volcano's drf plugin without its hierarchy.
PluginType drf();

}  // namespace basalt
