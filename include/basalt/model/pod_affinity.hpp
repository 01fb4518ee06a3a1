#pragma once

#include <cstdint>
#include <vector>

#include "basalt/base/symbol.hpp"
#include "basalt/model/selectors.hpp"

/// What pods ask of other pods: to be near them, away from them, or evenly spread among them.
namespace basalt {

/// meta/v1 LabelSelector: all requirements must hold, and without any it selects everything.
struct LabelSelector {
  bool selects_nothing = false;  ///< the object has none
  std::vector<Requirement> requirements;
  bool operator==(const LabelSelector&) const = default;
};

/// Which pods are meant: by namespace, and there by label.
struct PodSelection {
  bool in_all_namespaces = false;
  std::vector<Symbol> namespaces;  ///< sorted; those a namespace selector chose are resolved
  LabelSelector selector;
  bool operator==(const PodSelection&) const = default;
};

/// core/v1 PodAffinityTerm: "in the same domain as these pods". Two nodes are in one domain when
/// their labels have the same value for the topology key; a node without the label is in none.
struct PodAffinityTerm {
  PodSelection pods;
  Symbol topology_key;
  bool operator==(const PodAffinityTerm&) const = default;
};

/// A wish: nodes near such pods gain `weight` for each (1 to 100), or lose it (-1 to -100).
struct PreferredPods {
  std::int32_t weight = 1;
  PodAffinityTerm term;
  bool operator==(const PreferredPods&) const = default;
};

/// core/v1 TopologySpreadConstraint: between the domains that the pod could be in, the numbers
/// of such pods differ by `max_skew` at most.
struct TopologySpread {
  std::int32_t max_skew = 1;
  Symbol topology_key;
  bool hard = true;              ///< DoNotSchedule; else ScheduleAnyway: a wish
  std::int32_t min_domains = 1;  ///< with fewer domains the smallest number counts as 0
  bool honours_affinity = true;  ///< nodes that the pod's node affinity excludes do not count
  bool honours_taints = false;   ///< nor those with taints that it does not tolerate
  PodSelection pods;             ///< in the pod's own namespace
  bool counts_itself = false;    ///< the pod is one of them
  bool operator==(const TopologySpread&) const = default;
};

[[nodiscard]] bool matches(const LabelSelector& selector, const LabelSet& labels, const Symbols& symbols);
/// Whether a pod in this namespace and with these labels is meant.
[[nodiscard]] bool matches(const PodSelection& pods, Symbol namespace_name, const LabelSet& labels,
                           const Symbols& symbols);

}  // namespace basalt
