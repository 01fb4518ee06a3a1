#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "basalt/framework/cluster.hpp"
#include "plugins/amounts/job_ledger.hpp"

namespace basalt {

/// What proportion knows of a queue. All but `claimed` is as of the opening of the session.
struct QueueShare {
  /// The most it may ever have: what no other queue is guaranteed, cut to its capability.
  Resources limit;
  /// Its part of the cluster by weight.
  Resources deserved;
  /// What jobs that were let in have coming to them.
  Resources claimed;
  /// What jobs hold beyond their minimum, which does not stand in the way of a new job.
  Resources elastic;
};

/// How what queues held in the past counts.
struct ShareHistory {
  std::chrono::microseconds half_life{};  ///< above zero
  std::int64_t strength = 1000;           ///< of `weights_after`, in thousandths
  WallTime now{};
};

/// Works the shares out for every queue that owns a job; the others have none. `ledger` is
/// caught up. `history` moves the weights; none: the past does not count.
/// Source: Volcano's proportion, when a session opens.
std::unordered_map<QueueId, QueueShare> queue_shares(const Cluster& cluster, const JobLedger& ledger,
                                                     const std::optional<ShareHistory>& history);

/// What queues would deserve if their demand included the minima of all jobs that have a minimum and
/// lack pods for it, those that have not come in among them: a job's pods are often made only once it
/// has. Costs a look at every job.
std::unordered_map<QueueId, Resources> deserved_with_minima(const Cluster& cluster, const JobLedger& ledger,
                                                            const std::optional<ShareHistory>& history);

}  // namespace basalt
