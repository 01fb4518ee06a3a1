#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

namespace basalt {

/// How close two nodes are: 100 points for one node; else, with L the smallest HyperNode that holds both,
///
///     100 * (highest tier - tier(L)) / (highest tier - lowest tier + 1)
///
/// points, the virtual root's tier being the highest.
[[nodiscard]] Score closeness(const Topology& topology, NodeId left, NodeId right);

/// For tasks of jobs with networkTopology: nodes close to the task's neighbours, the tasks of its role with the next
/// lower and the next higher rank of those that are placed. Who is g ranks away counts 1/g. While no neighbour is
/// placed all nodes get the same.
///
/// Among nodes that are equally close those come first whose smallest HyperNode has room for most of the tasks of the
/// role that wait: a millionth of a point for each.
class NeighbourTerm final : public ScoreTerm {
 public:
  /// `cluster` must outlive this.
  NeighbourTerm(const Cluster& cluster, std::int64_t weight) : cluster_(cluster), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "rank-aware"; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  /// Only what jobs with networkTopology ask for.
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

  /// A task's rank; nothing: it has none, or its job has no networkTopology.
  [[nodiscard]] std::optional<std::int64_t> rank(TaskId task) const;

 private:
  struct Neighbours {
    NodeId below, above;  // none: nobody is placed on that side
    std::int64_t gap_below = 0, gap_above = 0;
    std::int64_t waiting = 0;  // tasks of the role, the one that is asked about included
  };
  [[nodiscard]] Neighbours neighbours_of(const Task& task, std::int64_t rank) const;
  void add_room(const TaskView& task, std::int64_t most, std::span<const NodeId> nodes, std::span<Score> out) const;

  const Cluster& cluster_;
  std::int64_t weight_;
  mutable std::optional<std::unordered_set<const Spec*>> specs_;           // found when first asked
  mutable std::unordered_map<TaskId, std::optional<std::int64_t>> ranks_;  // as far as anybody has asked
};

}  // namespace basalt
