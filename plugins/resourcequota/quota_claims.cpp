#include "plugins/resourcequota/quota_claims.hpp"

#include <limits>

namespace basalt {

std::int64_t add_saturating(std::int64_t left, std::int64_t right) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

void QuotaClaims::catch_up(const Cluster& cluster) {
  if (namespace_of_.size() < cluster.jobs().slots()) namespace_of_.resize(cluster.jobs().slots());
  cluster.for_each_job_slot_changed_after(seen_, [&](std::uint32_t slot, JobId job) {
    if (std::string& space = namespace_of_[slot]; !space.empty()) {
      const auto claims = by_namespace_.find(space);
      claims->second.erase(slot);
      if (claims->second.empty()) by_namespace_.erase(claims);
      space.clear();
    }
    if (!job) return;
    QuotaDemand demand = standing_demand(cluster, job);
    if (demand.is_empty()) return;
    namespace_of_[slot] = cluster.jobs()[job].namespace_name;
    by_namespace_[namespace_of_[slot]].emplace(slot, Claim{job, std::move(demand)});
  });
  seen_ = cluster.job_moment();
}

std::vector<std::int64_t> QuotaClaims::claims_on(const ResourceQuotaObject& quota, const Cluster& cluster) const {
  std::vector<std::int64_t> sums(quota.lines.size());
  const auto claims = by_namespace_.find(quota.meta.namespace_name);
  if (claims == by_namespace_.end()) return sums;
  for (const auto& [slot, claim] : claims->second) {
    if (!counts_pods_of(quota, cluster.jobs()[claim.job])) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = add_saturating(sums[i], amount_under(quota.lines[i].key, claim.demand, cluster.schema()));
    }
  }
  return sums;
}

}  // namespace basalt
