#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// What it would cost to evict some tasks; `less` is cheaper. In kube-scheduler's order: nobody;
/// then the less important most important victim; the smaller sum of priorities (each counted
/// from the lowest there is, so that one more victim costs too); fewer victims; and the later
/// start of the longest running among the most important.
struct EvictionCost {
  std::uint32_t victims = 0;
  std::pair<std::int32_t, std::int32_t> highest;  ///< priorities of its job, of itself
  std::int64_t sum = 0;
  WallTime since{};

  [[nodiscard]] static EvictionCost of(std::span<const TaskId> victims, const Cluster& cluster) {
    EvictionCost cost;
    for (const TaskId victim : victims) {
      const Task& task = cluster.tasks()[victim];
      const std::pair<std::int32_t, std::int32_t> priority{cluster.jobs()[task.job].priority, task.priority};
      const bool is_first = cost.victims == 0;
      if (is_first || priority > cost.highest || (priority == cost.highest && task.created < cost.since)) {
        cost.highest = priority;
        cost.since = task.created;
      }
      cost.sum += std::int64_t{priority.first} + (std::int64_t{1} << 31U);
      ++cost.victims;
    }
    return cost;
  }

  friend std::strong_ordering operator<=>(const EvictionCost& left, const EvictionCost& right) {
    const auto key = [](const EvictionCost& cost) {
      return std::tuple(cost.victims > 0, cost.highest, cost.sum, cost.victims, -cost.since.time_since_epoch().count());
    };
    return key(left) <=> key(right);
  }
  friend bool operator==(const EvictionCost& left, const EvictionCost& right) { return (left <=> right) == 0; }
};

}  // namespace basalt
