#pragma once

#include <cstddef>
#include <span>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// How many of `tasks` some nodes could hold at most, now or once what is leaving has left, as far
/// as amounts go: never less than can be placed, so a domain with too little room is refused
/// without a try. Counts no further than `enough`. Each spec is counted as if it were alone;
/// where there are many specs, kinds of resources are.
[[nodiscard]] std::size_t most_that_fit(const Cluster& cluster, std::span<const TaskId> tasks,
                                        std::span<const NodeId> nodes, std::size_t enough);

}  // namespace basalt
