#include "plugins/sla/late_claims.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "basalt/framework/past_share.hpp"

namespace basalt {

std::optional<std::int64_t> ClaimCaps::of(std::string_view queue) const {
  const auto own = of_queue.find(std::string(queue));
  return own == of_queue.end() ? for_all : own->second;
}

std::vector<bool> within(std::int64_t cap, std::span<const std::int64_t> claims) {
  std::vector<bool> is_within;
  std::int64_t left = cap;
  for (const std::int64_t claim : claims) {
    is_within.push_back(claim <= left);
    if (claim <= left) left -= claim;
  }
  return is_within;
}

std::int64_t claim_of(const Cluster& cluster, JobId job) {
  const auto& minimum = cluster.jobs()[job].min_resources;
  const Resources all = cluster.allocated(job) + cluster.pipelined(job) + cluster.pending(job);
  return dominant_part(minimum ? *minimum : all, cluster.total_allocatable());
}

std::unordered_set<JobId> passed_over(const Cluster& cluster, const LatestStarts& starts, const ClaimCaps& caps,
                                      WallTime now) {
  std::unordered_map<QueueId, std::vector<JobId>> late;  // the order of queues does not matter
  cluster.jobs().for_each([&](JobId id, const Job& job) {
    const JobPhase phase = cluster.phase(id);
    const bool waits = phase == JobPhase::pending || phase == JobPhase::inqueue;
    if (!waits || !job.queue || !caps.of(job.queue_name)) return;
    const auto latest = starts.of(id);
    if (latest && *latest <= now) late[job.queue].push_back(id);
  });
  std::unordered_set<JobId> passed;
  for (auto& [queue, jobs] : late) {
    std::sort(jobs.begin(), jobs.end(), [&](JobId left, JobId right) {
      const auto key = [&](JobId job) { return std::pair(cluster.waiting_tasks(job) == 0, starts.of(job)); };
      return key(left) != key(right) ? key(left) < key(right)
                                     : comes_before(cluster.jobs()[left], cluster.jobs()[right]);
    });
    std::vector<std::int64_t> claims;
    for (const JobId job : jobs) claims.push_back(claim_of(cluster, job));
    const auto is_within = within(*caps.of(cluster.queues()[queue].name), claims);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!is_within[i]) passed.insert(jobs[i]);
    }
  }
  return passed;
}

}  // namespace basalt
