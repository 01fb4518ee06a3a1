#pragma once

#include <cstddef>
#include <cstdint>

#include "basalt/framework/extension_points.hpp"
#include "basalt/framework/topology.hpp"

namespace basalt {

/// What a search of domains starts from.
struct DomainSearchBounds {
  HyperNodeId root;    ///< nothing above or beside it
  std::int32_t limit;  ///< the highest tier that may be spanned
  HyperNodeId placed;  ///< around what is placed already; none: nothing is
};

/// The domains to place in, closest first. With nothing placed: all within the root and up to the
/// limit, by tier. Otherwise: the domain of what is placed, then those around it one by one, as far
/// as the limit goes, so that whatever joins does so as closely as it can.
/// No groups when what is placed cannot be joined within the bounds. Domains without nodes are left out.
[[nodiscard]] Gradient gradient_to_allocate(const Topology& topology, const DomainSearchBounds& bounds);

/// The domains to make room in: the same, widest first, at most `most` in all.
/// Source: Volcano's gradient for evictions.
[[nodiscard]] Gradient gradient_to_evict(const Topology& topology, const DomainSearchBounds& bounds, std::size_t most);

}  // namespace basalt
