#include "plugins/network-topology-aware/domain_gradient.hpp"

#include <algorithm>
#include <map>

namespace basalt {
namespace {

/// From what is placed upwards, cut to the root.
Gradient around_placed(const Topology& topology, const DomainSearchBounds& bounds) {
  Gradient groups;
  for (HyperNodeId at = bounds.placed; at && topology.tier(at) <= bounds.limit; at = topology.parent(at)) {
    if (topology.is_within(at, bounds.root)) {
      groups.push_back({at});
    } else if (topology.is_within(bounds.root, at)) {
      if (groups.empty()) groups.push_back({bounds.root});
      break;
    }
  }
  return groups;
}

/// Everything from the root downwards.
Gradient by_tier(const Topology& topology, const DomainSearchBounds& bounds) {
  std::map<std::int32_t, std::vector<HyperNodeId>> tiers;
  std::vector<HyperNodeId> open = {bounds.root};
  while (!open.empty()) {
    const HyperNodeId at = open.back();
    open.pop_back();
    if (topology.nodes(at).empty()) continue;
    if (topology.tier(at) <= bounds.limit) tiers[topology.tier(at)].push_back(at);
    const auto children = topology.children(at);
    open.insert(open.end(), children.begin(), children.end());
  }
  Gradient groups;
  for (auto& [tier, domains] : tiers) {
    std::sort(domains.begin(), domains.end(),
              [&](HyperNodeId left, HyperNodeId right) { return topology.rank(left) < topology.rank(right); });
    groups.push_back(std::move(domains));
  }
  return groups;
}

}  // namespace

Gradient gradient_to_allocate(const Topology& topology, const DomainSearchBounds& bounds) {
  return bounds.placed ? around_placed(topology, bounds) : by_tier(topology, bounds);
}

Gradient gradient_to_evict(const Topology& topology, const DomainSearchBounds& bounds, std::size_t most) {
  Gradient groups = gradient_to_allocate(topology, bounds);
  std::reverse(groups.begin(), groups.end());
  for (auto& group : groups) {
    if (group.size() > most) group.resize(most);
    most -= group.size();
  }
  std::erase_if(groups, [](const auto& group) { return group.empty(); });
  return groups;
}

}  // namespace basalt
