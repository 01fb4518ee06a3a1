#pragma once

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

/// Scores by what nodes are, whatever runs on them. References must outlive the terms.
namespace basalt {

/// The sum of the weights of the preferred node affinities that a node meets, scaled to the
/// best node. Source: kube-scheduler NodeAffinity.
class PreferredNodesTerm final : public ScoreTerm {
 public:
  PreferredNodesTerm(const Cluster& cluster, std::int64_t weight) : cluster_(cluster), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "nodeaffinity"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] Normalisation normalisation() const override { return Normalisation::by_max; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return !spec.preferred_nodes.empty(); }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const Cluster& cluster_;
  std::int64_t weight_;
};

/// How many PreferNoSchedule taints of a node the task does not tolerate; fewer is better.
/// Source: kube-scheduler TaintToleration.
class PreferredTaintsTerm final : public ScoreTerm {
 public:
  PreferredTaintsTerm(const Cluster& cluster, std::int64_t weight) : cluster_(cluster), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "tainttoleration"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] Normalisation normalisation() const override { return Normalisation::by_max_reversed; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const Cluster& cluster_;
  std::int64_t weight_;
};

}  // namespace basalt
