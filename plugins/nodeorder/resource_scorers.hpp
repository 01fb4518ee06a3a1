#pragma once

#include <optional>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/nodeorder/scoring_sums.hpp"

/// Scores by what a node has in use. Reservations count as use, as they do in Volcano's view
/// of the nodes. References must outlive the terms.
namespace basalt {

/// Which end of the scale is better.
enum class Preference : std::uint8_t { least_allocated, most_allocated };

/// Prefers empty or full nodes, by cpu and memory in equal parts; requests are those for
/// scoring, with defaults. Source: kube-scheduler NodeResourcesFit.
class AllocationTerm final : public ScoreTerm {
 public:
  AllocationTerm(const Cluster& cluster, const ScoringSums& sums, Preference preference, std::int64_t weight)
      : cluster_(cluster), sums_(sums), preference_(preference), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override {
    return preference_ == Preference::least_allocated ? "leastrequested" : "mostrequested";
  }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_capacity, Input::node_usage}; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const Cluster& cluster_;
  const ScoringSums& sums_;
  Preference preference_;
  std::int64_t weight_;
};

/// Prefers nodes whose kinds are used to the same part: cpu, memory and, for tasks that ask
/// for it, nvidia.com/gpu; actual requests. Not for tasks that ask for none of them. Source:
/// kube-scheduler NodeResourcesBalancedAllocation with Volcano's kinds.
class BalanceTerm final : public ScoreTerm {
 public:
  BalanceTerm(const Cluster& cluster, std::int64_t weight);
  [[nodiscard]] std::string_view name() const override { return "balancedresource"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_capacity, Input::node_usage}; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  [[nodiscard]] bool asks_for_gpu(const Spec& spec) const { return gpu_ && spec.request[*gpu_] > 0; }

  const Cluster& cluster_;
  std::int64_t weight_;
  std::optional<Dimension> gpu_;
};

}  // namespace basalt
