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

/// A place that was made for a task, and who goes for it.
struct MadePlace {
  NodeId node;
  std::vector<TaskId> victims;
};

/// Finds the node on which room for a task costs least, and makes it. All nodes are considered.
/// Least is by `EvictionCost`; of equals the one with the highest score, then the first by name.
///
/// Three things are remembered: whom nodes would give up, for all tasks for which that is the same
/// (mostly those of one queue and priority), and what that would cost for tasks that also ask for
/// the same; each until something changes that it depends on; and that no room could be made for such a
/// task, until anything changes at all.
class EvictionSearch {
 public:
  /// All must outlive it. `reason` is the action's name.
  EvictionSearch(Session& session, EvictionKind kind, VictimLists& lists, Remember remember, std::string reason);

  /// Evicts whom it takes and reserves the room for a pending task on one of `among`, nodes in
  /// rank order, in `tx`. Nothing: there is no
  /// way, and nothing has changed. Where the evictor's queue must have room too (not across
  /// queues), and what suffices on the cheapest node does not suffice in the queue, the node is
  /// sought on which both costs least.
  std::optional<MadePlace> make_room(TaskId evictor, std::span<const NodeId> among, Transaction& tx);
  /// Whether room on any node was sought in vain for a task that differs in nothing that counts, and nothing
  /// has changed since.
  [[nodiscard]] bool knows_no_room_for(TaskId evictor) const;
  /// How many tasks could go for a task, from all nodes together.
  std::size_t count_offers(TaskId evictor);
  /// Whether the evictor's queue must have room for what it gets.
  [[nodiscard]] bool asks_the_queue() const { return kind_ != EvictionKind::across_queues; }
  [[nodiscard]] const std::string& reason() const { return reason_; }

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
    bool any = false;  ///< over all nodes
    bool any_is_known = false;
  };
  /// When a search failed, as moments of the tables.
  struct Failure {
    std::uint64_t nodes = 0, jobs = 0;
    bool operator==(const Failure&) const = default;
  };
  /// What each node would cost; nullopt: it cannot be had.
  struct Costs {
    NodeMemory<std::optional<EvictionCost>> nodes;
    Resources queue_holds;  ///< when they were learnt, where the queue must have room
  };

  [[nodiscard]] std::optional<MadePlace> cheapest(TaskId evictor, std::span<const NodeId> among, Room room);
  [[nodiscard]] std::optional<MadePlace> seek(TaskId evictor, std::span<const NodeId> among, Transaction& tx);
  [[nodiscard]] Rank rank_of(TaskId evictor) const;
  [[nodiscard]] Likeness likeness_of(TaskId evictor, const Rank& rank, Room room) const;
  [[nodiscard]] Failure failed_now() const { return {cluster_.node_moment(), cluster_.job_moment()}; }
  [[nodiscard]] Offers& offers_to(TaskId evictor, const Rank& rank, std::span<const NodeId> among);
  [[nodiscard]] const Costs& costs_for(TaskId evictor, const Rank& rank, Offers& offers, std::span<const NodeId> among,
                                       Room room);
  [[nodiscard]] std::optional<MadePlace> as_it_is(TaskId evictor, std::span<const NodeId> among) const;
  [[nodiscard]] bool is_everywhere(std::span<const NodeId> among) const;
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
  std::unordered_map<Likeness, Failure, Hash> failures_;
};

}  // namespace basalt
