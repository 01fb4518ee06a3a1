#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Higher priority first: among jobs, among the tasks of a job, and when victims are chosen
/// within a queue. Volcano's priority plugin.
PluginType priority();

}  // namespace basalt
