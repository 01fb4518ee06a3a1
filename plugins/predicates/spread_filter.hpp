#pragma once

#include <string_view>

#include "basalt/framework/terms.hpp"
#include "plugins/tallies/pod_tallies.hpp"

namespace basalt {

namespace reasons {
inline constexpr std::string_view kSpread = "node(s) didn't match pod topology spread constraints";
inline constexpr std::string_view kSpreadLabel =
    "node(s) didn't match pod topology spread constraints (missing required label)";
}  // namespace reasons

/// Nodes whose domain, with the task, would have more than max-skew pods more than the domain
/// with the fewest. Pods that are leaving do not count, reservations do. The tallies must
/// outlive the term. Source: kube-scheduler PodTopologySpread, Filter.
class SpreadFilter final : public FilterTerm {
 public:
  explicit SpreadFilter(const PodTallies& tallies) : tallies_(tallies) {}
  [[nodiscard]] std::string_view name() const override { return "topology-spread"; }
  [[nodiscard]] Inputs inputs() const override {
    return {Input::spec, Input::node_row, Input::tasks_on_node, Input::other_placements};
  }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  /// The most pods that a domain may have already.
  [[nodiscard]] std::int64_t most_before(const TopologySpread& spread, TallyId tally) const;

  const PodTallies& tallies_;
};

}  // namespace basalt
