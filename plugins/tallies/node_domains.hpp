#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// A value of a topology key: the number of its symbol.
using Domain = std::uint32_t;
/// Of a node without the label.
inline constexpr Domain kNoDomain = std::numeric_limits<Domain>::max();

/// In which domain each node is, for the topology keys somebody asked for. Looked up once when
/// a node's row changes, so that a loop over nodes reads one number each.
class NodeDomains {
 public:
  using Key = std::uint32_t;

  /// The number of a topology key, which then has one more user. The empty key stands for the
  /// node itself: each node is a domain of its own.
  Key take(const Cluster& cluster, Symbol topology_key);
  void release(Key key);

  /// Domains by the slot of a node. REQUIRES: the key has users.
  [[nodiscard]] std::span<const Domain> of(Key key) const { return keys_[key].by_slot; }

  void node_changed(const Cluster& cluster, NodeId node);
  void node_removed(NodeId node);

 private:
  struct Kept {
    Symbol topology_key;
    std::uint32_t users = 0;
    std::vector<Domain> by_slot;
  };
  static void look_up(const Cluster& cluster, NodeId node, Kept& kept);

  std::vector<Kept> keys_;
};

}  // namespace basalt
