#pragma once

#include <unordered_map>

#include "plugins/amounts/job_ledger.hpp"
#include "plugins/amounts/share.hpp"
#include "plugins/capacity/queue_tree.hpp"

namespace basalt {

/// What capacity knows of a queue, those below it included. All but `claimed` is as of the opening of the session.
struct QueueQuota {
  /// The most it may ever have; `Resources::kMaxStatedAmount` of what nothing bounds.
  Resources limit;
  /// What it may take back from others, of the kinds that it states; at least its guarantee.
  Limits deserved;
  Resources guarantee;
  /// What jobs that were let in have coming to them.
  Resources claimed;
  /// What jobs hold beyond their minimum, which does not stand in the way of a new job.
  Resources elastic;
};

/// Of every queue. A flat queue has what no other is guaranteed, cut to its capability, and deserves no more than that.
/// In a tree, the limit of "root" is its capability alone; a child's is what its parent's leaves beside what its
/// siblings are guaranteed, cut to its capability, of which what it does not state is its parent's. `ledger` is caught
/// up. Source: Volcano's capacity, when a session opens.
std::unordered_map<QueueId, QueueQuota> queue_quotas(const Cluster& cluster, const QueueTree& tree,
                                                     QueueTree::Shape shape, const JobLedger& ledger);

/// The amounts of the kinds that are bounded, zero of the others.
[[nodiscard]] Resources amounts_of(const Limits& limits);

/// Whether no kind is bounded.
[[nodiscard]] bool is_empty(const Limits& limits);

/// What part of what it deserves somebody holds; all of it where nothing is deserved.
[[nodiscard]] Share share_of(const Resources& held, const Limits& deserved);

}  // namespace basalt
