#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugins/resourcequota/quota_demand.hpp"

namespace basalt {

/// Which jobs that were let in still lack pods for their minimum, by namespace. Kept up to date from the list of
/// changed jobs, so that a session opens at the cost of what changed. Belongs to what the plugin remembers between
/// cycles.
class QuotaClaims {
 public:
  /// Takes in what has changed since the last call. REQUIRES: the same cluster each time, no changes of an open
  /// session standing.
  void catch_up(const Cluster& cluster);

  /// What the jobs of a namespace that a quota counts still claim of it, in the order of its lines. Saturates.
  [[nodiscard]] std::vector<std::int64_t> claims_on(const ResourceQuotaObject& quota, const Cluster& cluster) const;

 private:
  struct Claim {
    JobId job;
    QuotaDemand demand;
  };
  using Claims = std::map<std::uint32_t, Claim>;  // by slot of the job

  std::uint64_t seen_ = 0;
  std::map<std::string, Claims, std::less<>> by_namespace_;
  std::vector<std::string> namespace_of_;  // by slot of the job; empty: it claims nothing
};

/// The sum, or the end of the range.
[[nodiscard]] std::int64_t add_saturating(std::int64_t left, std::int64_t right);

}  // namespace basalt
