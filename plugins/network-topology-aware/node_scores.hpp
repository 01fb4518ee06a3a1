#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/amounts/fullness.hpp"
#include "plugins/network-topology-aware/domain_sums.hpp"

namespace basalt {

/// For tasks of jobs with networkTopology: nodes close to what is placed of their part, or else of
/// their job. With A the smallest HyperNode around that, and L the smallest around A and the node:
///
///     100 * (highest tier - tier(L)) / (highest tier - lowest tier)
///
/// points, the virtual root's tier being the highest. Where several nodes share the top, each gets
/// 100 * (tasks of the part in the node's smallest HyperNode / tasks of the part) on top. Nothing while
/// nothing is placed. Source: Volcano's BatchNodeOrder of network-topology-aware.
class ClosenessTerm final : public ScoreTerm {
 public:
  ClosenessTerm(const Cluster& cluster, std::int64_t weight) : cluster_(cluster), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "network-topology"; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  /// Only what jobs with networkTopology ask for.
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const Cluster& cluster_;
  std::int64_t weight_;
  mutable std::optional<std::unordered_set<const Spec*>> specs_;  // found when first asked
};

/// For all other tasks: nodes in full HyperNodes, and most of all outside of any, so that large
/// domains stay free for jobs that need them: 100 points, less what each HyperNode around the node lacks to be full
/// with the task in it, weighed by tier. Each tier counts `fading` times the one below; the weights of all tiers add up
/// to 1.
class FillingTerm final : public ScoreTerm, public DomainScore {
 public:
  /// `fading` is in millionths, from 0 to 10^6. References must outlive this.
  FillingTerm(const Cluster& cluster, DomainSums& sums, const ClosenessTerm& of_others, std::int64_t weight,
              std::int64_t fading, std::vector<WeighedKind> kinds)
      : cluster_(cluster),
        sums_(sums),
        of_others_(of_others),
        weight_(weight),
        fading_(fading),
        kinds_(std::move(kinds)),
        weights_(sum_of_weights(kinds_)) {}
  [[nodiscard]] std::string_view name() const override { return "hypernode-binpack"; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  /// Unless some task of the spec has networkTopology.
  [[nodiscard]] const DomainScore* by_domain(const Spec& spec) const override {
    return of_others_.applies(spec) ? nullptr : this;
  }
  [[nodiscard]] Score of(const Spec& spec, HyperNodeId hyper_node) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  struct TierWeight {
    std::int32_t tier;
    std::int64_t weight;
  };
  void weigh_tiers() const;

  const Cluster& cluster_;
  DomainSums& sums_;
  const ClosenessTerm& of_others_;
  std::int64_t weight_, fading_;
  std::vector<WeighedKind> kinds_;
  std::int64_t weights_;                          // of the kinds
  mutable std::vector<TierWeight> tier_weights_;  // lowest first; found when first asked
  mutable std::int64_t all_tiers_ = 0;            // their sum
};

}  // namespace basalt
