#pragma once

#include <cstdint>
#include <span>

#include "basalt/framework/cluster.hpp"
#include "plugins/amounts/fullness.hpp"
#include "plugins/network-topology-aware/domain_sums.hpp"

namespace basalt {

/// How full each HyperNode would be with what waits of a part of a job on top of what is used there;
/// 0 where it would not fit. Where several are equally full, more than the others, each gets on top
/// 100 * weight * (the part's tasks that are there / all of them).
///
/// Source: Volcano's HyperNodeOrder of network-topology-aware, which counts the part's placed tasks
/// twice.
void add_hyper_node_scores(const Cluster& cluster, DomainSums& sums, std::int64_t weight,
                           std::span<const WeighedKind> kinds, SubJobId sub_job,
                           std::span<const HyperNodeId> hyper_nodes, std::span<Score> out);

}  // namespace basalt
