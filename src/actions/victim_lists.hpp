#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "actions/eviction_kind.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Which tasks on each node could be evicted for jobs of a queue, in the order in which they
/// would go. The order is that of the moment when the queue is first asked about: shares move
/// with every eviction, and an order that moved with them would make every node's answer stale
/// each time.
class VictimLists {
 public:
  /// `session` must outlive the lists.
  VictimLists(const Session& session, EvictionKind kind) : session_(session), kind_(kind) {}

  /// Who on `node` was evictable then; who has been evicted since is still listed.
  [[nodiscard]] std::span<const TaskId> on(NodeId node, QueueId evictor);

 private:
  /// The tasks of all nodes one after the other, nodes by rank; where each node's begin.
  struct Lists {
    std::vector<TaskId> tasks;
    std::vector<std::uint32_t> begins;
  };
  [[nodiscard]] Lists make(QueueId evictor) const;
  [[nodiscard]] bool is_candidate(TaskId task, QueueId evictor) const;

  const Session& session_;
  EvictionKind kind_;
  std::unordered_map<QueueId, Lists> by_queue_;
};

}  // namespace basalt
