#include "plugins/tallies/node_scopes.hpp"

#include <algorithm>

namespace basalt {
namespace {

bool has_label(const Node& node, const std::pair<Symbol, Symbol>& wanted) {
  const auto value = node.labels.value(wanted.first);
  return value && *value == wanted.second;
}

bool keeps_away(const Taint& taint, const std::vector<Toleration>& tolerations) {
  return taint.effect != TaintEffect::prefer_no_schedule && !tolerates(tolerations, taint);
}

}  // namespace

bool contains(const NodeScope& scope, const Node& node, const Symbols& symbols) {
  if (node.placeholder) return false;
  const auto all_of = [](const auto& list, auto&& holds) { return std::all_of(list.begin(), list.end(), holds); };
  if (!all_of(scope.keys, [&](Symbol key) { return node.labels.value(key).has_value(); })) return false;
  if (!all_of(scope.node_selector, [&](const auto& wanted) { return has_label(node, wanted); })) return false;
  if (scope.required_nodes && !matches(*scope.required_nodes, node.name, node.labels, symbols)) return false;
  return !scope.tolerations ||
         all_of(node.taints, [&](const Taint& taint) { return !keeps_away(taint, *scope.tolerations); });
}

NodeScopes::Number NodeScopes::take(const Cluster& cluster, const NodeScope& scope) {
  auto kept = std::find_if(scopes_.begin(), scopes_.end(),
                           [&](const Kept& known) { return known.users > 0 && known.scope == scope; });
  if (kept == scopes_.end()) {
    kept = std::find_if(scopes_.begin(), scopes_.end(), [](const Kept& known) { return known.users == 0; });
    if (kept == scopes_.end()) kept = scopes_.emplace(scopes_.end());
    kept->scope = scope;
    kept->by_slot.assign(cluster.nodes().slots(), false);
    cluster.nodes().for_each([&](NodeId node, const Node& row) {
      kept->by_slot[node.slot()] = basalt::contains(scope, row, cluster.symbols());
    });
  }
  ++kept->users;
  return static_cast<Number>(kept - scopes_.begin());
}

void NodeScopes::release(Number number) {
  if (--scopes_[number].users == 0) scopes_[number] = Kept{};
}

void NodeScopes::node_changed(const Cluster& cluster, NodeId node) {
  for (Kept& kept : scopes_) {
    if (kept.users == 0) continue;
    if (node.slot() >= kept.by_slot.size()) kept.by_slot.resize(node.slot() + std::size_t{1});
    kept.by_slot[node.slot()] = basalt::contains(kept.scope, cluster.nodes()[node], cluster.symbols());
  }
}

void NodeScopes::node_removed(NodeId node) {
  for (Kept& kept : scopes_) {
    if (node.slot() < kept.by_slot.size()) kept.by_slot[node.slot()] = false;
  }
}

}  // namespace basalt
