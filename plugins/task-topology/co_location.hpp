#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "basalt/model/resources.hpp"

/// Which tasks of a job should share a node: the arithmetic of task-topology, on values alone.
namespace basalt {

/// What two tasks are to each other, by their roles: above 0 they belong on one node, below 0 they do not.
/// Symmetric; the diagonal is for two tasks of one role.
class Attractions {
 public:
  explicit Attractions(std::size_t roles) : roles_(roles), points_(roles * roles) {}
  [[nodiscard]] std::size_t roles() const { return roles_; }
  [[nodiscard]] std::int64_t between(std::size_t left, std::size_t right) const {
    return points_[left * roles_ + right];
  }
  void set(std::size_t left, std::size_t right, std::int64_t points) {
    points_[left * roles_ + right] = points;
    points_[right * roles_ + left] = points;
  }

 private:
  std::size_t roles_;
  std::vector<std::int64_t> points_;
};

/// Tasks that wait and are the same to the plan.
struct TaskKind {
  std::size_t role = 0;
  std::uint32_t tasks = 0;
  Resources request;
};

/// A node as far as the plan is concerned.
struct PlanNode {
  Resources room;                     ///< what it has for tasks that wait
  std::vector<std::uint32_t> placed;  ///< tasks of the job that are there, by role
  std::vector<bool> accepts;          ///< by kind: whether it may hold one, room aside
};

/// Tasks by kind.
using KindCounts = std::vector<std::uint32_t>;

/// How good a plan is. The greater is better: the number of tasks with a place comes first, then their attraction, then
/// how little the nodes lose.
struct PlanValue {
  std::int64_t placed = 0;
  std::int64_t attraction = 0;  ///< sum over pairs on one node, those with tasks that were there included
  /// What large pods lose: the sum, over nodes, of the square of how many tasks of the largest request they could hold,
  /// now and with the plan carried out. Filling a node that is nearly full costs little.
  std::int64_t room_lost = 0;

  friend bool operator==(const PlanValue&, const PlanValue&) = default;
  friend std::strong_ordering operator<=>(const PlanValue& left, const PlanValue& right) {
    if (const auto by = left.placed <=> right.placed; by != 0) return by;
    if (const auto by = left.attraction <=> right.attraction; by != 0) return by;
    return right.room_lost <=> left.room_lost;
  }
};

/// Where tasks go: of each node, how many of each kind.
struct CoLocation {
  std::vector<KindCounts> on;  ///< by node
  PlanValue value;
  bool is_exact = false;    ///< nothing is better
  std::uint64_t steps = 0;  ///< that it took to find an exact plan, or to see that it would take too many
};

/// The most work that is done for an exact plan: steps of the order of a nanosecond.
inline constexpr std::uint64_t kPlanSteps = std::uint64_t{1} << 22U;

/// The best plan, if finding it takes no more than `steps`, else a good one: node by node, beginning with those that
/// hold tasks of the job already, then the roomiest, each filled with whatever is attracted most by what is on it.
/// Equal plans: nodes that come first are filled first. Nodes are in rank order. Deterministic.
[[nodiscard]] CoLocation best_co_location(const Attractions& attractions, const std::vector<TaskKind>& kinds,
                                          const std::vector<PlanNode>& nodes, std::uint64_t steps = kPlanSteps);

/// What a plan is worth.
[[nodiscard]] PlanValue value_of(const Attractions& attractions, const std::vector<TaskKind>& kinds,
                                 const std::vector<PlanNode>& nodes, const std::vector<KindCounts>& on);

}  // namespace basalt
