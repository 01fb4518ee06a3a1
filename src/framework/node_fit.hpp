#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/reason.hpp"

namespace basalt {

/// What a node that is short of a kind says.
[[nodiscard]] Reason shortage_reason(const Cluster& cluster, Dimension kind);

/// The request against what a node will have, and whether its use is known at all: what is
/// asked before any term.
[[nodiscard]] Fit resources_fit(const Cluster& cluster, NodeId node, const Resources& request);

/// Keeps the items that were answered yes, in their order; `refused(item, reason)` is told of the
/// others. REQUIRES: an answer an item.
template <class Item, class Refused>
void keep_fitting(std::vector<Item>& items, std::span<const Fit> answers, Refused&& refused) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (answers[i]) {
      items[kept++] = items[i];
    } else {
      refused(items[i], answers[i].reason);
    }
  }
  items.resize(kept);
}

}  // namespace basalt
