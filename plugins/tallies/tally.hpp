#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/base/id.hpp"
#include "basalt/model/pod_affinity.hpp"
#include "plugins/tallies/node_scopes.hpp"

namespace basalt {

using TallyId = Id<struct TallyTag>;

/// What is counted by domain: which pods, and which domains.
struct Tally {
  enum class Role : std::uint8_t {
    selected,            ///< pods that are meant: whose labels and namespace all of `pods` select
    with_anti_affinity,  ///< pods that have this term themselves, as required anti-affinity
    with_affinity,       ///< the same, as required affinity
    with_preference,     ///< the sum of the weights of pods that have this term as a wish
  };
  Role role = Role::selected;
  std::vector<PodSelection> pods;  ///< one but for required affinity, whose terms go together
  Symbol topology_key;             ///< empty: each node is a domain of its own
  std::optional<NodeScope> scope;  ///< only pods on these nodes count; absent: on all
  bool counts_leaving = true;      ///< pods that are being deleted count too
  bool operator==(const Tally&) const = default;
};

/// Equal for equal tallies.
std::uint64_t hash_of(const Tally& tally);

/// What is counted for a spec, in the order of the constraints it stands for.
struct SpecTallies {
  std::vector<TallyId> affinity;       ///< one for each topology key in the required affinity
  std::vector<TallyId> anti_affinity;  ///< one a term
  std::vector<TallyId> preferred;      ///< one a wish
  std::vector<TallyId> spread;         ///< one a constraint, of the hard or of the soft ones
  /// What each of its pods counts for, whatever its labels, and how much.
  std::vector<std::pair<TallyId, std::int64_t>> owned;
};

/// What filters, and what scores, want counted for a spec.
struct WantedTallies {
  std::vector<Tally> affinity, anti_affinity, preferred, spread;
  std::vector<std::pair<Tally, std::int64_t>> owned;
};
[[nodiscard]] WantedTallies wanted_by_filters(const Spec& spec);
[[nodiscard]] WantedTallies wanted_by_scores(const Spec& spec, const Symbols& symbols);

}  // namespace basalt
