#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/amounts/fullness.hpp"

namespace basalt {

/// How full a node would be:
///
///     100 * weight * sum(w * (used + request) / allocatable) / sum(w)
///
/// points, over the kinds that are both weighed and requested. 0 if any of them would not
/// fit. A kind the node has none of adds nothing to the upper sum but its weight to the
/// lower one (Volcano's rule). Rounded down to a `Score` unit; each kind's part of the sum
/// is rounded down to 10^-12 before.
///
/// `used` is what occupies the node now, leaving tasks included and reservations not.
/// Source: Volcano's binpack score.
Score binpack_score(std::int64_t weight, std::span<const WeighedKind> kinds, const Resources& request,
                    const Resources& used, const Resources& allocatable);

/// The score as a term.
class BinpackTerm final : public ScoreTerm {
 public:
  BinpackTerm(const Cluster& cluster, std::int64_t weight, std::vector<WeighedKind> kinds)
      : cluster_(cluster), weight_(weight), kinds_(std::move(kinds)) {}
  [[nodiscard]] std::string_view name() const override { return "binpack"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_capacity, Input::node_usage}; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  void score_small_weights(const Resources& request, std::span<const WeighedKind> kinds, std::int64_t weights,
                           std::span<const NodeId> nodes, std::span<Score> out) const;

  const Cluster& cluster_;
  std::int64_t weight_;
  std::vector<WeighedKind> kinds_;
};

}  // namespace basalt
