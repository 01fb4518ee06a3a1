#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/numa-aware/cpu_layout.hpp"

namespace basalt {

/// How many pods hold each cpu of a node. One that as many hold as can be counted stays held.
using CpuCounts = std::array<std::uint8_t, kMostCpus>;

/// Which cpus of each node pods have to themselves, beyond what the node reports: kept up to date with what is placed
/// where, by the annotation basalt.sh/assigned-cpus of pods that are on their node, and by what a session chooses. Pods
/// that the Numatopology names are in its report. Counts are columns of the tables; layouts follow from rows.
///
/// Made by a plugin's memory; one thread.
class NumaUse final : public PlacementKeeper {
 public:
  static constexpr std::string_view kAssigned = "basalt.sh/assigned-cpus";

  NumaUse() = default;
  NumaUse(const NumaUse&) = delete;
  NumaUse& operator=(const NumaUse&) = delete;
  /// Gives the columns back: the cluster must still be there.
  ~NumaUse() override;

  /// Makes the columns and fills them. Called once.
  void attach(Cluster& cluster);
  [[nodiscard]] bool is_attached() const { return cluster_ != nullptr; }

  /// Null: the node reports no cpus that can be used. REQUIRES: attached, as do those below.
  [[nodiscard]] const CpuLayout* layout(NodeId node) const;
  /// Cpus that nobody has to himself now. REQUIRES: there is a layout, as below.
  [[nodiscard]] CpuSet free(NodeId node) const;
  /// The same once everything that is leaving has left.
  [[nodiscard]] CpuSet free_later(NodeId node) const;
  /// By how many pods each cpu is held.
  [[nodiscard]] const CpuCounts& held(NodeId node) const { return (*held_)[node]; }

  void placed(const Cluster& cluster, TaskId task, NodeId node) override;
  void removed(const Cluster& cluster, TaskId task, NodeId node) override;
  void assigned(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations) override;
  void node_changed(const Cluster& cluster, NodeId node) override;
  void node_removed(const Cluster& cluster, NodeId node) override;

 private:
  struct NodeCpus {
    std::optional<CpuLayout> layout;
    std::vector<std::string> reported;  // uids of pods, ascending
  };
  [[nodiscard]] CpuSet cpus_of(const Task& task, NodeId node, const StringPairs& annotations) const;

  Cluster* cluster_ = nullptr;
  std::vector<NodeCpus> nodes_;  // by slot of a node
  Column<NodeTag, CpuCounts>* held_ = nullptr;
  Column<NodeTag, CpuCounts>* leaving_ = nullptr;
};

}  // namespace basalt
