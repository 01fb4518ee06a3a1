#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "basalt/model/objects.hpp"

namespace basalt {

inline constexpr std::string_view kTaskAffinityKey = "volcano.sh/task-topology-affinity";
inline constexpr std::string_view kTaskAntiAffinityKey = "volcano.sh/task-topology-anti-affinity";
inline constexpr std::string_view kTaskOrderKey = "volcano.sh/task-topology-task-order";

/// Which roles of a job belong on one node, which do not, and which are placed first, as the annotations of its
/// PodGroup say. A group of one role speaks of its tasks among themselves.
struct TaskTopology {
  using Roles = std::vector<std::string>;

  std::vector<Roles> affinity;       ///< tasks of two roles of a group belong on one node
  std::vector<Roles> anti_affinity;  ///< and these do not
  Roles order;                       ///< the first goes first

  [[nodiscard]] bool is_empty() const { return affinity.empty() && anti_affinity.empty() && order.empty(); }
  bool operator==(const TaskTopology&) const = default;
};

/// Reads the three annotations: groups are separated by ';', roles by ',' ("ps,worker;ps,evaluator"); the order is one
/// group. Spaces around names, and names that are empty, do not count. An annotation that names no role, or a role
/// twice in a group, is left out as a whole, and `faults` gets a sentence that says so. Source: Volcano's
/// task-topology, for which a fault anywhere turns all three off, in silence.
[[nodiscard]] TaskTopology read_task_topology(const StringPairs& annotations, std::vector<std::string>& faults);

}  // namespace basalt
