#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// The nodes that a spread constraint looks at: those that take tasks, have all topology keys,
/// and that the pod could be on as far as its policies say.
struct NodeScope {
  std::vector<Symbol> keys;  ///< sorted
  std::vector<std::pair<Symbol, Symbol>> node_selector;
  std::optional<NodeSelector> required_nodes;
  std::optional<std::vector<Toleration>> tolerations;  ///< absent: taints do not matter
  bool operator==(const NodeScope&) const = default;
};

/// Whether a node belongs to a scope. Source: kube-scheduler PodTopologySpread,
/// matchNodeInclusionPolicies.
[[nodiscard]] bool contains(const NodeScope& scope, const Node& node, const Symbols& symbols);

/// Which nodes belong to the scopes somebody asked for, kept up to date with the nodes' rows.
class NodeScopes {
 public:
  using Number = std::uint32_t;

  /// The number of a scope, which then has one more user.
  Number take(const Cluster& cluster, const NodeScope& scope);
  void release(Number number);
  /// REQUIRES: the scope has users.
  [[nodiscard]] bool contains(Number number, NodeId node) const { return scopes_[number].by_slot[node.slot()]; }

  void node_changed(const Cluster& cluster, NodeId node);
  void node_removed(NodeId node);

 private:
  struct Kept {
    NodeScope scope;
    std::uint32_t users = 0;
    std::vector<bool> by_slot;
  };

  std::vector<Kept> scopes_;
};

}  // namespace basalt
