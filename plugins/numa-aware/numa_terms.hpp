#pragma once

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/numa-aware/numa_choice.hpp"
#include "plugins/numa-aware/numa_use.hpp"

namespace basalt {

/// What a pod would get of a node's cpus, for the filter, the score and the choice itself.
class NumaChooser {
 public:
  /// None of these must go before the chooser.
  NumaChooser(const Cluster& cluster, const NumaUse& use) : cluster_(cluster), use_(use) {}

  /// Whether the pod is Guaranteed: only such pods have cpus to themselves.
  [[nodiscard]] bool applies(const Spec& spec) const { return use_.is_attached() && !spec.exclusive_cpus.empty(); }
  /// Whether the pod states a policy of its own, other than none.
  [[nodiscard]] static bool states_policy(const Spec& spec) {
    return spec.numa_policy.value_or(NumaPolicy::none) != NumaPolicy::none;
  }
  /// Why the node is not of the kind that the pod asks for.
  [[nodiscard]] Fit suits(const Spec& spec, NodeId node) const;
  /// REQUIRES: `applies(spec)` and `suits(spec, node)`. Given what is held now.
  [[nodiscard]] NumaChoice choose(const Spec& spec, NodeId node) const;
  /// The same once everything that is leaving has left.
  [[nodiscard]] NumaChoice choose_later(const Spec& spec, NodeId node) const;
  /// Whether the node's kubelet gives whole cpus to one pod alone.
  [[nodiscard]] bool hands_out_cpus(NodeId node) const;
  [[nodiscard]] const CpuLayout* layout(NodeId node) const { return use_.layout(node); }

 private:
  [[nodiscard]] NumaPolicy policy_of(NodeId node) const;

  const Cluster& cluster_;
  const NumaUse& use_;
};

/// Refuses nodes whose kubelet would refuse the pod, now and once everything that is leaving has left.
class NumaFilter final : public FilterTerm {
 public:
  explicit NumaFilter(const NumaChooser& chooser) : chooser_(chooser) {}
  [[nodiscard]] std::string_view name() const override { return "numa"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return chooser_.applies(spec); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const NumaChooser& chooser_;
};

/// The fewer NUMA nodes the pod's cpus would come from, the better: 100 - floor(100 * n / max) points. Of pods that
/// state a policy.
class NumaScore final : public ScoreTerm {
 public:
  NumaScore(const NumaChooser& chooser, std::int64_t weight) : chooser_(chooser), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "numa"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  [[nodiscard]] Normalisation normalisation() const override { return Normalisation::by_max_reversed; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override {
    return chooser_.applies(spec) && NumaChooser::states_policy(spec);
  }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const NumaChooser& chooser_;
  std::int64_t weight_;
};

}  // namespace basalt
