#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/tallies/pod_tallies.hpp"

/// Scores by what runs near a node. References must outlive the terms.
namespace basalt {

/// Prefers nodes near pods that the task wishes to be with (and away from those it does not), and
/// near pods that wish to be with it, or require it. Each pair counts with its weight. Source:
/// kube-scheduler InterPodAffinity, Score.
class PreferredPodsTerm final : public ScoreTerm {
 public:
  /// `required_weight`: of a placed pod's required affinity (hardPodAffinityWeight); 0: none.
  PreferredPodsTerm(const PodTallies& tallies, std::int64_t weight, std::int64_t required_weight)
      : tallies_(tallies), weight_(weight), required_weight_(required_weight) {}
  [[nodiscard]] std::string_view name() const override { return "podaffinity"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::task, Input::node_row, Input::tasks_on_node, Input::other_placements};
  }
  [[nodiscard]] Normalisation normalisation() const override { return Normalisation::by_range; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override {
    return !spec.preferred_pods.empty() || tallies_.others_select(spec);
  }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const PodTallies& tallies_;
  std::int64_t weight_;
  std::int64_t required_weight_;
};

/// Prefers domains with fewer of the pods that a soft spread constraint counts. Constraints with
/// more domains among the candidates weigh more (by the logarithm of their number); nodes that
/// lack one of the topology keys get nothing. Source: kube-scheduler PodTopologySpread, Score.
class SpreadTerm final : public ScoreTerm {
 public:
  SpreadTerm(const Cluster& cluster, const PodTallies& tallies, std::int64_t weight)
      : cluster_(cluster), tallies_(tallies), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "podtopologyspread"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::node_row, Input::tasks_on_node, Input::other_placements, Input::candidates};
  }
  [[nodiscard]] Normalisation normalisation() const override { return Normalisation::by_sum_reversed; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  /// A soft constraint, seen from the candidates.
  struct Part {
    const TopologySpread* spread;
    PodTallies::View view;
    bool is_by_node;          ///< each node is a domain of its own
    std::int64_t weight = 0;  ///< of a pod, in fixed point
  };
  void mark_left_out(const std::vector<Part>& parts, std::span<const NodeId> nodes, std::span<Score> out) const;
  [[nodiscard]] std::size_t domains_among(const Part& part, std::span<const NodeId> nodes,
                                          std::span<const Score> out) const;

  const Cluster& cluster_;
  const PodTallies& tallies_;
  std::int64_t weight_;
};

}  // namespace basalt
