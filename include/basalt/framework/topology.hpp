#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/table.hpp"
#include "basalt/model/ids.hpp"
#include "basalt/model/rows.hpp"

namespace basalt {

/// The forest that the declared HyperNodes form: who is below whom, and which nodes each domain
/// holds. On top of all stands a virtual HyperNode (`root`) that holds every node; its tier is one
/// above the highest declared, or 1.
///
/// Declarations come from users and can contradict each other. A link is left out, and
/// `problems` says so, when a member's tier is not below that of the HyperNode that names it (so
/// there are no cycles), or when several name it (it then stands below the root); all other links
/// hold. Domains are never larger than declared. Nodes may be in several domains that are not
/// below each other.
///
/// Source: Volcano's HyperNode cache, which stops using HyperNodes altogether while there is a
/// contradiction anywhere.
class Topology {
 public:
  static constexpr std::string_view kRootName = "<cluster-top-hypernode>";

  [[nodiscard]] HyperNodeId root() const { return root_; }
  /// Whether there is no HyperNode but the virtual one.
  [[nodiscard]] bool is_empty() const { return ordered_.size() <= 1; }
  /// All HyperNodes by tier, then name; the root last.
  [[nodiscard]] std::span<const HyperNodeId> all() const { return ordered_; }
  /// REQUIRES, here and below: `hyper_node` exists.
  [[nodiscard]] std::int32_t tier(HyperNodeId hyper_node) const { return domain(hyper_node).tier; }
  /// None above the root.
  [[nodiscard]] HyperNodeId parent(HyperNodeId hyper_node) const { return domain(hyper_node).parent; }
  /// By tier, then name.
  [[nodiscard]] std::span<const HyperNodeId> children(HyperNodeId hyper_node) const {
    return domain(hyper_node).children;
  }
  /// All nodes below, in the order in which ties are broken. Placeholders are left out.
  [[nodiscard]] std::span<const NodeId> nodes(HyperNodeId hyper_node) const { return domain(hyper_node).nodes; }
  /// Position in `all`: the order among equals.
  [[nodiscard]] std::uint32_t rank(HyperNodeId hyper_node) const { return domain(hyper_node).rank; }
  /// Whether `inner` is `outer` or below it.
  [[nodiscard]] bool is_within(HyperNodeId inner, HyperNodeId outer) const;
  /// The HyperNodes that hold a node, by tier, then name; the root last. Of a placeholder: none.
  [[nodiscard]] std::span<const HyperNodeId> around(NodeId node) const;
  /// The first, by tier, then name, that holds all of `nodes`; none when there are no nodes.
  [[nodiscard]] HyperNodeId smallest_around(std::span<const NodeId> nodes) const;
  /// The lowest tier that has HyperNodes of a tier name.
  [[nodiscard]] std::optional<std::int32_t> tier_named(std::string_view name) const;
  /// What was left out, one sentence each, in the order of `all`.
  [[nodiscard]] std::span<const std::string> problems() const { return problems_; }

  /// Derives everything anew. `root` is a row of `declared`; `nodes` are all nodes in order.
  void rebuild(const Table<HyperNodeTag, HyperNode>& declared, HyperNodeId root, std::span<const NodeId> nodes);

 private:
  struct Domain {
    HyperNodeId parent;
    std::int32_t tier = 0;
    std::uint32_t rank = 0;
    std::vector<HyperNodeId> children;
    std::vector<NodeId> nodes;
  };

  [[nodiscard]] const Domain& domain(HyperNodeId hyper_node) const { return domains_[hyper_node.slot()]; }
  void link(const Table<HyperNodeTag, HyperNode>& declared);
  void gather_nodes(const Table<HyperNodeTag, HyperNode>& declared, std::span<const NodeId> nodes);

  HyperNodeId root_;
  std::vector<HyperNodeId> ordered_;
  std::vector<Domain> domains_;                   // by slot
  std::vector<std::vector<HyperNodeId>> around_;  // by slot of the node
  std::map<std::string, std::int32_t, std::less<>> tiers_by_name_;
  std::vector<std::string> problems_;
};

}  // namespace basalt
