#pragma once

#include <cstdint>
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
/// plan the task would not fit.
class NodeEviction {
 public:
  /// All must outlive it.
  NodeEviction(Session& session, EvictionKind kind, VictimLists& lists);

  /// Who on `node` may go for a task, in the order in which they would: whom the kind of eviction
  /// is about, and plugins let go.
  [[nodiscard]] std::vector<TaskId> may_go(TaskId evictor, NodeId node) const;

  /// The victims among `may_go`, in its order; empty: the task fits as it is, once what is leaving
  /// has left. nullopt: it cannot be. Leaves no trace but in what the tables say has changed.
  [[nodiscard]] std::optional<std::vector<TaskId>> plan(TaskId evictor, NodeId node, std::span<const TaskId> may_go,
                                                        Room room) const;

 private:
  [[nodiscard]] bool is_candidate(TaskId evictor, TaskId candidate) const;
  [[nodiscard]] bool fits_without(TaskId evictor, NodeId node, std::span<const TaskId> victims, Room room) const;
  [[nodiscard]] bool has_room_without(TaskId evictor, NodeId node, std::span<const TaskId> victims) const;

  Session& session_;
  const Cluster& cluster_;
  EvictionKind kind_;
  VictimLists& lists_;
  bool follows_volcano_;  ///< answers about victims fall through: no rules of our own on top
  bool has_policy_;
};

}  // namespace basalt
