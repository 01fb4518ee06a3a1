#pragma once

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/reason.hpp"

namespace basalt {

/// The request against what a node will have, and whether its use is known at all: what is
/// asked before any term.
[[nodiscard]] Fit resources_fit(const Cluster& cluster, NodeId node, const Resources& request);

}  // namespace basalt
