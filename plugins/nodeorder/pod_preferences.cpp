#include "plugins/nodeorder/pod_preferences.hpp"

#include <algorithm>

#include "plugins/nodeorder/logarithm.hpp"

namespace basalt {
namespace {

constexpr Score kLeftOut = -1;

void add(const PodTallies::View& view, std::int64_t weight, std::span<const NodeId> nodes, std::span<Score> out) {
  if (weight == 0 || view.is_empty()) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) out[i] += weight * view.count(nodes[i]);
}

}  // namespace

void PreferredPodsTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::vector<TallyId>& wished = tallies_.of(task.spec).preferred;
  for (std::size_t i = 0; i < wished.size(); ++i) {
    add(tallies_.view(wished[i]), task.spec.preferred_pods[i].weight, nodes, out);
  }
  for (const TallyId tally : tallies_.selecting(task.task)) {
    const bool is_required = tallies_.row(tally).role == Tally::Role::with_affinity;
    add(tallies_.view(tally), is_required ? required_weight_ : 1, nodes, out);
  }
}

bool SpreadTerm::applies(const Spec& spec) const {
  return std::any_of(spec.spread.begin(), spec.spread.end(), [](const TopologySpread& spread) { return !spread.hard; });
}

void SpreadTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::vector<TallyId>& tallies = tallies_.of(task.spec).spread;
  std::vector<Part> parts;
  for (const TopologySpread& spread : task.spec.spread) {
    if (spread.hard || parts.size() == tallies.size()) continue;
    const TallyId tally = tallies[parts.size()];
    parts.push_back({&spread, tallies_.view(tally), tallies_.row(tally).topology_key == Symbol()});
  }
  mark_left_out(parts, nodes, out);
  for (Part& part : parts) part.weight = natural_logarithm(domains_among(part, nodes, out) + 2);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (out[i] == kLeftOut) continue;
    std::int64_t sum = 0;
    for (const Part& part : parts) {
      sum += part.view.count(nodes[i]) * part.weight + (part.spread->max_skew - std::int64_t{1}) * kFixedOne;
    }
    out[i] = (sum + kFixedOne / 2) / kFixedOne;
  }
}

void SpreadTerm::mark_left_out(const std::vector<Part>& parts, std::span<const NodeId> nodes,
                               std::span<Score> out) const {
  for (const Part& part : parts) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool has_domain = part.is_by_node
                                  ? cluster_.nodes()[nodes[i]].labels.value(part.spread->topology_key).has_value()
                                  : part.view.domain(nodes[i]) != kNoDomain;
      if (!has_domain) out[i] = kLeftOut;
    }
  }
}

std::size_t SpreadTerm::domains_among(const Part& part, std::span<const NodeId> nodes,
                                      std::span<const Score> out) const {
  std::vector<bool> seen(part.is_by_node ? 0 : cluster_.symbols().size());
  std::size_t domains = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (out[i] == kLeftOut) continue;
    if (!part.is_by_node) {
      const Domain domain = part.view.domain(nodes[i]);
      if (seen[domain]) continue;
      seen[domain] = true;
    }
    ++domains;
  }
  return domains;
}

}  // namespace basalt
