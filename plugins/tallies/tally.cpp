#include "plugins/tallies/tally.hpp"

#include <algorithm>
#include <string_view>

namespace basalt {
namespace {

constexpr std::string_view kHostname = "kubernetes.io/hostname";

void fold(std::uint64_t& hash, std::uint64_t value) { hash = fold_bytes(hash, &value, sizeof value); }

Tally about(Tally::Role role, const PodAffinityTerm& term) {
  Tally tally;
  tally.role = role;
  tally.pods = {term.pods};
  tally.topology_key = term.topology_key;
  return tally;
}

/// Pods that meet all terms, by each topology key the terms have.
std::vector<Tally> about_all(const std::vector<PodAffinityTerm>& terms) {
  std::vector<Tally> tallies;
  for (const PodAffinityTerm& term : terms) {
    const bool is_known = std::any_of(tallies.begin(), tallies.end(),
                                      [&](const Tally& tally) { return tally.topology_key == term.topology_key; });
    if (is_known) continue;
    Tally& tally = tallies.emplace_back();
    for (const PodAffinityTerm& each : terms) tally.pods.push_back(each.pods);
    tally.topology_key = term.topology_key;
  }
  return tallies;
}

/// All topology keys of the hard, or of the soft constraints.
std::vector<Symbol> spread_keys(const Spec& spec, bool hard) {
  std::vector<Symbol> keys;
  for (const TopologySpread& spread : spec.spread) {
    if (spread.hard == hard) keys.push_back(spread.topology_key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

/// Pods that are leaving do not count, and an empty selector counts nobody: kube-scheduler's
/// countPodsMatchSelector.
Tally spread_pods(const TopologySpread& spread) {
  Tally tally;
  tally.pods = {spread.pods};
  LabelSelector& selector = tally.pods.front().selector;
  if (selector.requirements.empty()) selector.selects_nothing = true;
  tally.topology_key = spread.topology_key;
  tally.counts_leaving = false;
  return tally;
}

NodeScope scope_of(const Spec& spec, const TopologySpread& spread) {
  NodeScope scope;
  scope.keys = spread_keys(spec, spread.hard);
  if (spread.honours_affinity) {
    scope.node_selector = spec.node_selector;
    scope.required_nodes = spec.required_nodes;
  }
  if (spread.honours_taints) scope.tolerations = spec.tolerations;
  return scope;
}

}  // namespace

std::uint64_t hash_of(const Tally& tally) {
  std::uint64_t hash = kEmptyHash;
  fold(hash, static_cast<std::uint64_t>(tally.role));
  fold(hash, tally.topology_key.number());
  fold(hash, tally.scope.has_value());
  for (const PodSelection& pods : tally.pods) {
    fold(hash, pods.namespaces.size());
    for (const Symbol name : pods.namespaces) fold(hash, name.number());
    for (const Requirement& requirement : pods.selector.requirements) {
      fold(hash, requirement.key.number());
      for (const Symbol value : requirement.values) fold(hash, value.number());
    }
  }
  return hash;
}

WantedTallies wanted_by_filters(const Spec& spec) {
  WantedTallies wanted;
  wanted.affinity = about_all(spec.required_affinity);
  for (const PodAffinityTerm& term : spec.required_anti_affinity) {
    wanted.anti_affinity.push_back(about(Tally::Role::selected, term));
    wanted.owned.emplace_back(about(Tally::Role::with_anti_affinity, term), 1);
  }
  for (const TopologySpread& spread : spec.spread) {
    if (!spread.hard) continue;
    Tally& tally = wanted.spread.emplace_back(spread_pods(spread));
    tally.scope = scope_of(spec, spread);
  }
  return wanted;
}

WantedTallies wanted_by_scores(const Spec& spec, const Symbols& symbols) {
  WantedTallies wanted;
  for (const PreferredPods& wish : spec.preferred_pods) {
    wanted.preferred.push_back(about(Tally::Role::selected, wish.term));
    wanted.owned.emplace_back(about(Tally::Role::with_preference, wish.term), wish.weight);
  }
  for (const PodAffinityTerm& term : spec.required_affinity) {
    wanted.owned.emplace_back(about(Tally::Role::with_affinity, term), 1);
  }
  for (const TopologySpread& spread : spec.spread) {
    if (spread.hard) continue;
    Tally& tally = wanted.spread.emplace_back(spread_pods(spread));
    if (symbols.text(spread.topology_key) == kHostname) {
      tally.topology_key = Symbol();  // pods of the node itself, whatever the policies
    } else {
      tally.scope = scope_of(spec, spread);
    }
  }
  return wanted;
}

}  // namespace basalt
