#pragma once

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// For each node, what the tasks on it (running, leaving, with a reservation) ask for when
/// those that do not say count with kube-scheduler's defaults. A column of the tables, kept
/// up to date with every placement, so that no session and no score walks over tasks.
class ScoringSums final : public PlacementKeeper {
 public:
  /// Sums of one node.
  struct Sums {
    std::int64_t cpu = 0;     ///< milli
    std::int64_t memory = 0;  ///< bytes
  };

  ScoringSums() = default;
  ScoringSums(const ScoringSums&) = delete;
  ScoringSums& operator=(const ScoringSums&) = delete;
  /// Gives the column back: the cluster must still be there.
  ~ScoringSums() override;

  /// Makes the column and fills it. Called once.
  void attach(Cluster& cluster);

  /// REQUIRES: attached; the node exists.
  [[nodiscard]] const Sums& operator[](NodeId node) const { return (*sums_)[node]; }

  void placed(const Cluster& cluster, TaskId task, NodeId node) override;
  void removed(const Cluster& cluster, TaskId task, NodeId node) override;

 private:
  Cluster* cluster_ = nullptr;
  Column<NodeTag, Sums>* sums_ = nullptr;
};

}  // namespace basalt
