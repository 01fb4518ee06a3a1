#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "actions/eviction_cost.hpp"
#include "actions/eviction_kind.hpp"
#include "actions/node_eviction.hpp"
#include "actions/node_memory.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether what nodes would give up is remembered from one task to the next like it. Without,
/// every node is asked about every task: slow, and the same decisions.
enum class Remember : std::uint8_t { no, yes };

/// Finds the node on which room for a task costs least, and makes it. All nodes are considered.
/// Least is by `EvictionCost`; of equals the one with the highest score, then the first by name.
///
/// Two things are remembered: whom nodes would give up, for all tasks for which that is the same
/// (mostly those of one queue and priority), and what that would cost for tasks that also ask for
/// the same; each until something changes that it depends on.
class EvictionSearch {
 public:
  /// All must outlive it. `reason` is the action's name.
  EvictionSearch(Session& session, EvictionKind kind, VictimLists& lists, Remember remember, std::string reason);

  /// Evicts whom it takes and reserves the room for a pending task on one of `among`, nodes in
  /// rank order, in `tx`. False: there is no
  /// way, and nothing has changed. Where the evictor's queue must have room too (not across
  /// queues), and what suffices on the cheapest node does not suffice in the queue, the node is
  /// sought on which both costs least.
  bool make_room(TaskId evictor, std::span<const NodeId> among, Transaction& tx);

 private:
  /// Tasks for which every node would give up the same tasks.
  struct Rank {
    QueueId queue;
    std::int32_t job_priority = 0, task_priority = 0;
    bool best_effort = false;
    JobId job;    ///< named only if it makes a difference
    TaskId task;  ///< likewise
    bool operator==(const Rank&) const = default;
  };
  /// Tasks that every node would cost the same.
  struct Likeness {
    Rank rank;
    SpecId spec;
    TaskId task;  ///< named only if it makes a difference
    Room room = Room::on_node;
    bool operator==(const Likeness&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Rank& rank) const;
    std::size_t operator()(const Likeness& likeness) const;
  };
  /// Who may go from each node.
  struct Offers {
    NodeMemory<std::vector<TaskId>> nodes;
    bool any = false;
  };
  /// What each node would cost; nullopt: it cannot be had.
  struct Costs {
    NodeMemory<std::optional<EvictionCost>> nodes;
    Resources queue_holds;  ///< when they were learnt, where the queue must have room
  };
  struct Choice {
    NodeId node;
    std::vector<TaskId> victims;
  };

  [[nodiscard]] std::optional<Choice> cheapest(TaskId evictor, std::span<const NodeId> among, Room room);
  [[nodiscard]] Rank rank_of(TaskId evictor) const;
  [[nodiscard]] Offers& offers_to(TaskId evictor, const Rank& rank);
  [[nodiscard]] const Costs& costs_for(TaskId evictor, const Rank& rank, Offers& offers, Room room);
  [[nodiscard]] std::optional<Choice> as_it_is(TaskId evictor, std::span<const NodeId> among) const;
  [[nodiscard]] NodeId best_of(TaskId evictor, const std::vector<NodeId>& nodes) const;
  [[nodiscard]] Stale staleness_of_offers() const;

  Session& session_;
  const Cluster& cluster_;
  EvictionKind kind_;
  Remember remember_;
  std::string reason_;
  NodeEviction on_node_;
  VictimInputs victim_inputs_;
  std::unordered_map<Rank, Offers, Hash> offers_;
  std::unordered_map<Likeness, Costs, Hash> costs_;
};

}  // namespace basalt
