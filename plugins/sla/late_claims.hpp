#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/sla/latest_starts.hpp"

namespace basalt {

/// The part of the cluster that late jobs of a queue may claim at a time, in units of 2^-40.
struct ClaimCaps {
  std::optional<std::int64_t> for_all;           ///< none: no limit
  std::map<std::string, std::int64_t> of_queue;  ///< instead, by name of a queue
  [[nodiscard]] bool is_empty() const { return !for_all && of_queue.empty(); }
  [[nodiscard]] std::optional<std::int64_t> of(std::string_view queue) const;
};

/// Which of some claims, in their order, stay within a cap together: each that still fits. So one that is too large
/// holds up nobody behind it.
[[nodiscard]] std::vector<bool> within(std::int64_t cap, std::span<const std::int64_t> claims);

/// What a job claims, as a part of the cluster: its minResources, or what all its pods ask for.
[[nodiscard]] std::int64_t claim_of(const Cluster& cluster, JobId job);

/// The late jobs that wait and that the caps pass over: they count as if they could wait for ever. In each queue those
/// that hold reservations are within the cap first, then those whose latest start was first. Costs a look at every job.
[[nodiscard]] std::unordered_set<JobId> passed_over(const Cluster& cluster, const LatestStarts& starts,
                                                    const ClaimCaps& caps, WallTime now);

}  // namespace basalt
