#pragma once

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

namespace basalt {

/// What the pods of a node move in a second at most.
struct IoSums {
  IoRates held;       ///< all that are there, those that are leaving included
  IoRates leaving;    ///< the part of it that is
  IoRates pipelined;  ///< of pods that hold a reservation here
  bool operator==(const IoSums&) const = default;

  /// What there will be once everything that is leaving has left, and every reservation is taken.
  [[nodiscard]] IoRates later() const {
    return {held.network - leaving.network + pipelined.network, held.disk - leaving.disk + pipelined.disk};
  }
};

/// Whether so much is within what a node can; a rate of which nothing is `asked` cannot be short.
[[nodiscard]] bool has_room_for(const IoRates& sum, const IoRates& asked, const IoCapacity& capacity);

/// 100 points, less the larger part that network or disk would be in use: of rates that are asked for and that the node
/// limits. None where the node limits nothing of what is asked for: it may be full for all one knows.
[[nodiscard]] Score headroom(const IoRates& sum, const IoRates& asked, const IoCapacity& capacity);

/// The sums of every node, kept up to date with what is placed where, in a column of the tables. Rates that cannot be
/// understood count as nothing. Made by a plugin's memory; one thread.
class IoUse final : public PlacementKeeper {
 public:
  IoUse() = default;
  IoUse(const IoUse&) = delete;
  IoUse& operator=(const IoUse&) = delete;
  /// Gives the column back: the cluster must still be there.
  ~IoUse() override;

  /// Makes the column and fills it. Called once.
  void attach(Cluster& cluster);
  [[nodiscard]] bool is_attached() const { return cluster_ != nullptr; }
  /// REQUIRES: attached.
  [[nodiscard]] const IoSums& sums(NodeId node) const { return (*sums_)[node]; }

  void placed(const Cluster& cluster, TaskId task, NodeId node) override { count(cluster, task, node, 1); }
  void removed(const Cluster& cluster, TaskId task, NodeId node) override { count(cluster, task, node, -1); }

 private:
  void count(const Cluster& cluster, TaskId task, NodeId node, std::int64_t sign);

  Cluster* cluster_ = nullptr;
  Column<NodeTag, IoSums>* sums_ = nullptr;
};

}  // namespace basalt
