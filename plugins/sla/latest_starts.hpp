#pragma once

#include <optional>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/sla/waiting_time.hpp"

namespace basalt {

/// The moment at which each job should have started, at the latest. Read once from a job's annotations, and
/// again when the job changes: what sla remembers between cycles.
class LatestStarts {
 public:
  /// Takes in what has changed since the last call. REQUIRES: the same cluster and times each time.
  void catch_up(const Cluster& cluster, const WaitingTimes& times);

  /// None: it may wait for ever. REQUIRES: caught up.
  [[nodiscard]] std::optional<WallTime> of(JobId job) const;
  /// The first after `now`, of any job.
  [[nodiscard]] std::optional<WallTime> next_after(WallTime now) const;

 private:
  std::uint64_t seen_ = 0;
  std::vector<std::optional<WallTime>> moments_;  // by slot of the job
};

}  // namespace basalt
