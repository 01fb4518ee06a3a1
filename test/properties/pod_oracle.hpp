#pragma once

#include <span>
#include <string>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

namespace basalt::testing {

/// What inter-pod affinity and topology spread say, by walking over all pods each time, as
/// kube-scheduler's definition reads: slow, and with no state to be wrong.
class PodOracle {
 public:
  explicit PodOracle(const Cluster& cluster) : cluster_(cluster) {}

  /// Why a node refuses a task; empty: it does not.
  [[nodiscard]] std::string refusal(TaskId task, NodeId node) const;
  /// Points for the wishes of the task, and of others about it, on each of the candidates.
  [[nodiscard]] std::vector<Score> preferred(TaskId task, std::span<const NodeId> candidates) const;
  /// Points for soft spread constraints, computed with doubles as kube-scheduler does.
  [[nodiscard]] std::vector<Score> spread(TaskId task, std::span<const NodeId> candidates) const;

 private:
  [[nodiscard]] bool selects(const PodSelection& pods, TaskId task) const;
  [[nodiscard]] std::vector<TaskId> placed() const;
  [[nodiscard]] bool share_domain(Symbol topology_key, NodeId left, NodeId right) const;
  [[nodiscard]] std::optional<Symbol> domain(NodeId node, Symbol topology_key) const;
  [[nodiscard]] bool meets_affinity(TaskId task, NodeId node) const;
  [[nodiscard]] bool is_in_scope(const Spec& spec, const TopologySpread& spread, NodeId node) const;
  [[nodiscard]] std::int64_t spread_count(const Spec& spec, const TopologySpread& spread, Symbol value) const;
  [[nodiscard]] std::string spread_refusal(const Spec& spec, NodeId node) const;

  const Cluster& cluster_;
};

}  // namespace basalt::testing
