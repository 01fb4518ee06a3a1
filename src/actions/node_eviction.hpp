#pragma once

#include <optional>
#include <span>
#include <vector>

#include "actions/eviction_kind.hpp"
#include "actions/victim_lists.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether a plan must make room in the evictor's queue as well as on the node.
enum class Room : std::uint8_t { on_node, on_node_and_in_queue };

/// Who has to leave one node so that a task can have a place there. All that may go are taken
/// away first; then, the most important first, each comes back without whom the task still fits,
/// all filters asked again. So nobody goes in vain: without any one of those who are left in the
/// plan's place the task would not fit.
class NodeEviction {
 public:
  /// All must outlive it.
  NodeEviction(Session& session, EvictionKind kind, VictimLists& lists);

  /// The victims in the order in which they go; empty: the task fits as it is, once what is
  /// leaving has left. nullopt: it cannot be. Leaves no trace but in the log of node changes.
  [[nodiscard]] std::optional<std::vector<TaskId>> plan(TaskId evictor, NodeId node, Room room) const;

 private:
  [[nodiscard]] std::vector<TaskId> candidates(TaskId evictor, NodeId node) const;
  [[nodiscard]] bool may_go(TaskId evictor, TaskId candidate) const;
  [[nodiscard]] bool fits_without(TaskId evictor, NodeId node, std::span<const TaskId> victims, Room room) const;
  [[nodiscard]] bool has_room_without(TaskId evictor, NodeId node, std::span<const TaskId> victims) const;
  [[nodiscard]] std::vector<TaskId> needed(TaskId evictor, NodeId node, std::vector<TaskId> victims, Room room,
                                           bool by_amounts) const;

  Session& session_;
  const Cluster& cluster_;
  EvictionKind kind_;
  VictimLists& lists_;
  bool follows_volcano_;  ///< answers about victims fall through: no rules of our own on top
  bool has_policy_;
};

}  // namespace basalt
