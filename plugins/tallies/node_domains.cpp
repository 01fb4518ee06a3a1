#include "plugins/tallies/node_domains.hpp"

#include <algorithm>

namespace basalt {

NodeDomains::Key NodeDomains::take(const Cluster& cluster, Symbol topology_key) {
  auto kept = std::find_if(keys_.begin(), keys_.end(),
                           [&](const Kept& known) { return known.users > 0 && known.topology_key == topology_key; });
  if (kept == keys_.end()) {
    kept = std::find_if(keys_.begin(), keys_.end(), [](const Kept& known) { return known.users == 0; });
    if (kept == keys_.end()) kept = keys_.emplace(keys_.end());
    kept->topology_key = topology_key;
    kept->by_slot.assign(cluster.nodes().slots(), kNoDomain);
    cluster.nodes().for_each([&](NodeId node, const Node&) { look_up(cluster, node, *kept); });
  }
  ++kept->users;
  return static_cast<Key>(kept - keys_.begin());
}

void NodeDomains::release(Key key) {
  if (--keys_[key].users == 0) keys_[key].by_slot = {};
}

void NodeDomains::look_up(const Cluster& cluster, NodeId node, Kept& kept) {
  const Node& row = cluster.nodes()[node];
  if (node.slot() >= kept.by_slot.size()) kept.by_slot.resize(node.slot() + std::size_t{1}, kNoDomain);
  const auto value = kept.topology_key == Symbol() ? std::optional(row.name) : row.labels.value(kept.topology_key);
  kept.by_slot[node.slot()] = value ? value->number() : kNoDomain;
}

void NodeDomains::node_changed(const Cluster& cluster, NodeId node) {
  for (Kept& kept : keys_) {
    if (kept.users > 0) look_up(cluster, node, kept);
  }
}

void NodeDomains::node_removed(NodeId node) {
  for (Kept& kept : keys_) {
    if (node.slot() < kept.by_slot.size()) kept.by_slot[node.slot()] = kNoDomain;
  }
}

}  // namespace basalt
