#pragma once

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/reason.hpp"

namespace basalt {

/// What a node that is short of a kind says.
[[nodiscard]] Reason shortage_reason(const Cluster& cluster, Dimension kind);

/// The request against what a node will have, and whether its use is known at all: what is
/// asked before any term.
[[nodiscard]] Fit resources_fit(const Cluster& cluster, NodeId node, const Resources& request);

}  // namespace basalt
