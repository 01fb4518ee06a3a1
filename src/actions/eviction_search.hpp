#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actions/eviction_cost.hpp"
#include "actions/eviction_kind.hpp"
#include "actions/change_reader.hpp"
#include "actions/node_eviction.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether what nodes would cost is remembered from one task to the next like it. Without, every
/// node is asked about every task: slow, and the same decisions.
enum class Remember : std::uint8_t { no, yes };

/// Finds the node on which room for a task costs least, and makes it. All nodes are considered.
/// Least is by `EvictionCost`; of equals the one with the highest score, then the first by name.
///
/// What a node would cost is remembered for all tasks that it is the same for, until something
/// changes that it depends on: the node itself, a job that has tasks there, the queue.
class EvictionSearch {
 public:
  /// All must outlive it. `reason` is the action's name.
  EvictionSearch(Session& session, EvictionKind kind, VictimLists& lists, Remember remember, std::string reason);

  /// Evicts whom it takes and reserves the room for a pending task, in `tx`. False: there is no
  /// way, and nothing has changed. Where the evictor's queue must have room too (not across
  /// queues), and what suffices on the cheapest node does not suffice in the queue, the node is
  /// sought on which both costs least.
  bool make_room(TaskId evictor, Transaction& tx);

 private:
  /// Tasks that every node would cost the same.
  struct Likeness {
    SpecId spec;
    QueueId queue;
    std::int32_t job_priority = 0, task_priority = 0;
    JobId job;    ///< named only if it makes a difference
    TaskId task;  ///< likewise
    Room room = Room::on_node;
    bool operator==(const Likeness&) const = default;
  };
  struct LikenessHash {
    std::size_t operator()(const Likeness& likeness) const;
  };
  struct NodeCost {
    enum class Known : std::uint8_t { no, impossible, possible } known = Known::no;
    EvictionCost cost;
  };
  struct Memory {
    std::vector<NodeCost> nodes;  ///< by rank
    ChangeReader changes;
    Resources queue_holds;
    bool lasts = true;  ///< false: whatever changes anywhere makes it stale
  };

  [[nodiscard]] std::optional<NodeId> cheapest(TaskId evictor, Room room);
  [[nodiscard]] Likeness likeness(TaskId evictor, Room room) const;
  [[nodiscard]] Memory& recall(TaskId evictor, const Likeness& likeness);
  void bring_up_to_date(Memory& memory, TaskId evictor, Room room);
  [[nodiscard]] NodeId choose(TaskId evictor, const Memory& memory, const EvictionCost& least) const;

  Session& session_;
  const Cluster& cluster_;
  EvictionKind kind_;
  Remember remember_;
  std::string reason_;
  NodeEviction on_node_;
  VictimInputs victim_inputs_;
  std::unordered_map<Likeness, Memory, LikenessHash> memories_;
};

}  // namespace basalt
