#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Which nodes a pod may go to: kube-scheduler's filters, as Volcano's predicates plugin wraps
/// them. Resources and the number of pods are the framework's own comparison.
PluginType predicates();

}  // namespace basalt
