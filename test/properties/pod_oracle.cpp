#include "properties/pod_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace basalt::testing {

bool PodOracle::selects(const PodSelection& pods, TaskId task) const {
  const PodLabels& labels = cluster_.label_sets()[cluster_.tasks()[task].labels];
  return matches(pods, labels.namespace_name, labels.labels, cluster_.symbols());
}

std::vector<TaskId> PodOracle::placed() const {
  std::vector<TaskId> tasks;
  cluster_.tasks().for_each([&](TaskId task, const Task&) {
    if (cluster_.node_of(task)) tasks.push_back(task);
  });
  return tasks;
}

std::optional<Symbol> PodOracle::domain(NodeId node, Symbol topology_key) const {
  return cluster_.nodes()[node].labels.value(topology_key);
}

bool PodOracle::share_domain(Symbol topology_key, NodeId left, NodeId right) const {
  const auto domain_of_left = domain(left, topology_key);
  return domain_of_left && domain_of_left == domain(right, topology_key);
}

bool PodOracle::meets_affinity(TaskId task, NodeId node) const {
  const std::vector<PodAffinityTerm>& terms = cluster_.spec(task).required_affinity;
  const auto meets_all = [&](TaskId other) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const PodAffinityTerm& term) { return selects(term.pods, other); });
  };
  bool is_anybody = false;  // counted in some domain
  for (const TaskId other : placed()) {
    if (!meets_all(other)) continue;
    for (const PodAffinityTerm& term : terms) {
      is_anybody = is_anybody || domain(cluster_.node_of(other), term.topology_key).has_value();
    }
  }
  for (const PodAffinityTerm& term : terms) {
    if (!domain(node, term.topology_key)) return false;
    bool is_near = false;
    for (const TaskId other : placed()) {
      is_near = is_near || (meets_all(other) && share_domain(term.topology_key, node, cluster_.node_of(other)));
    }
    if (!is_near && (is_anybody || !meets_all(task))) return false;
  }
  return true;
}

std::string PodOracle::refusal(TaskId task, NodeId node) const {
  const Spec& spec = cluster_.spec(task);
  if (!meets_affinity(task, node)) return "node(s) didn't match pod affinity rules";
  for (const TaskId other : placed()) {
    for (const PodAffinityTerm& term : spec.required_anti_affinity) {
      if (selects(term.pods, other) && share_domain(term.topology_key, node, cluster_.node_of(other))) {
        return "node(s) didn't match pod anti-affinity rules";
      }
    }
  }
  for (const TaskId other : placed()) {
    for (const PodAffinityTerm& term : cluster_.spec(other).required_anti_affinity) {
      if (selects(term.pods, task) && share_domain(term.topology_key, node, cluster_.node_of(other))) {
        return "node(s) didn't satisfy existing pods anti-affinity rules";
      }
    }
  }
  return spread_refusal(spec, node);
}

bool PodOracle::is_in_scope(const Spec& spec, const TopologySpread& spread, NodeId id) const {
  const Node& node = cluster_.nodes()[id];
  if (node.placeholder) return false;
  for (const TopologySpread& each : spec.spread) {
    if (each.hard == spread.hard && !domain(id, each.topology_key)) return false;
  }
  if (spread.honours_affinity) {
    for (const auto& [key, value] : spec.node_selector) {
      if (node.labels.value(key) != value) return false;
    }
    if (spec.required_nodes && !matches(*spec.required_nodes, node.name, node.labels, cluster_.symbols())) return false;
  }
  if (!spread.honours_taints) return true;
  return std::all_of(node.taints.begin(), node.taints.end(), [&](const Taint& taint) {
    return taint.effect == TaintEffect::prefer_no_schedule || tolerates(spec.tolerations, taint);
  });
}

std::int64_t PodOracle::spread_count(const Spec& spec, const TopologySpread& spread, Symbol value) const {
  if (spread.pods.selector.requirements.empty()) return 0;  // an empty selector counts nobody
  std::int64_t count = 0;
  for (const TaskId other : placed()) {
    const NodeId node = cluster_.node_of(other);
    const bool counts = cluster_.status(other) != TaskStatus::releasing && selects(spread.pods, other);
    if (counts && is_in_scope(spec, spread, node) && domain(node, spread.topology_key) == value) ++count;
  }
  return count;
}

std::string PodOracle::spread_refusal(const Spec& spec, NodeId node) const {
  for (const TopologySpread& spread : spec.spread) {
    if (!spread.hard) continue;
    const auto here = domain(node, spread.topology_key);
    if (!here) return "node(s) didn't match pod topology spread constraints (missing required label)";
    std::map<std::uint32_t, std::int64_t> counts;
    for (const NodeId other : cluster_.nodes_in_order()) {
      if (!is_in_scope(spec, spread, other)) continue;
      const Symbol value = *domain(other, spread.topology_key);
      counts[value.number()] = spread_count(spec, spread, value);
    }
    std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
    for (const auto& [value, count] : counts) fewest = std::min(fewest, count);
    if (counts.size() < static_cast<std::size_t>(spread.min_domains)) fewest = 0;
    const auto known = counts.find(here->number());
    const std::int64_t count = known == counts.end() ? 0 : known->second;
    if (count + (spread.counts_itself ? 1 : 0) - fewest > spread.max_skew) {
      return "node(s) didn't match pod topology spread constraints";
    }
  }
  return "";
}

std::vector<Score> PodOracle::preferred(TaskId task, std::span<const NodeId> candidates) const {
  std::vector<Score> raw(candidates.size(), 0);
  const auto add = [&](Symbol topology_key, NodeId there, std::int64_t weight) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (share_domain(topology_key, candidates[i], there)) raw[i] += weight;
    }
  };
  for (const TaskId other : placed()) {
    const NodeId there = cluster_.node_of(other);
    for (const PreferredPods& wish : cluster_.spec(task).preferred_pods) {
      if (selects(wish.term.pods, other)) add(wish.term.topology_key, there, wish.weight);
    }
    for (const PreferredPods& wish : cluster_.spec(other).preferred_pods) {
      if (selects(wish.term.pods, task)) add(wish.term.topology_key, there, wish.weight);
    }
    for (const PodAffinityTerm& term : cluster_.spec(other).required_affinity) {
      if (selects(term.pods, task)) add(term.topology_key, there, 1);
    }
  }
  const auto [low, high] = std::minmax_element(raw.begin(), raw.end());
  const Score lowest = *low;
  const Score range = *high - *low;
  for (Score& score : raw) score = range == 0 ? 0 : (score - lowest) * 100 / range;
  return raw;
}

std::vector<Score> PodOracle::spread(TaskId task, std::span<const NodeId> candidates) const {
  const Spec& spec = cluster_.spec(task);
  std::vector<std::int64_t> rounded(candidates.size(), 0);
  std::vector<bool> left_out(candidates.size());
  std::size_t kept = 0;
  bool is_any = false;
  for (const TopologySpread& each : spec.spread) is_any = is_any || !each.hard;
  if (!is_any) return rounded;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    for (const TopologySpread& each : spec.spread) {
      if (!each.hard && !domain(candidates[i], each.topology_key)) left_out[i] = true;
    }
    if (!left_out[i]) ++kept;
  }
  std::vector<double> sums(candidates.size(), 0);
  for (const TopologySpread& each : spec.spread) {
    if (each.hard) continue;
    const bool is_host = cluster_.symbols().text(each.topology_key) == "kubernetes.io/hostname";
    std::set<std::uint32_t> values;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!left_out[i]) values.insert(domain(candidates[i], each.topology_key)->number());
    }
    const double weight = std::log(static_cast<double>((is_host ? kept : values.size()) + 2));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (left_out[i]) continue;
      std::int64_t count = 0;
      if (is_host) {
        for (const TaskId other : placed()) {
          const bool counts = cluster_.status(other) != TaskStatus::releasing && selects(each.pods, other) &&
                              !each.pods.selector.requirements.empty();
          if (counts && cluster_.node_of(other) == candidates[i]) ++count;
        }
      } else {
        count = spread_count(spec, each, *domain(candidates[i], each.topology_key));
      }
      sums[i] += static_cast<double>(count) * weight + (each.max_skew - 1);
    }
  }
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (left_out[i]) continue;
    rounded[i] = std::llround(sums[i]);
    lowest = std::min(lowest, rounded[i]);
    highest = std::max(highest, rounded[i]);
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (left_out[i]) {
      rounded[i] = 0;
    } else {
      rounded[i] = highest == 0 ? 100 : 100 * (highest + lowest - rounded[i]) / highest;
    }
  }
  return rounded;
}

}  // namespace basalt::testing
