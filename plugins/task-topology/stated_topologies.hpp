#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "basalt/model/task_topology.hpp"

namespace basalt {

/// The task topology of every job that states one. Read once, and again when the job changes: what task-topology
/// remembers between cycles.
class StatedTopologies {
 public:
  /// Takes in what has changed since the last call. REQUIRES: the same cluster each time.
  void catch_up(const Cluster& cluster);

  /// Null: it states none. REQUIRES: caught up.
  [[nodiscard]] const TaskTopology* of(JobId job) const;
  /// Jobs that state one, in no order. REQUIRES: caught up.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [slot, stated] : stated_) visit(stated.first, stated.second);
  }
  [[nodiscard]] bool is_empty() const { return stated_.empty(); }

 private:
  std::uint64_t seen_ = 0;
  std::map<std::uint32_t, std::pair<JobId, TaskTopology>> stated_;  // by slot of the job
};

}  // namespace basalt
