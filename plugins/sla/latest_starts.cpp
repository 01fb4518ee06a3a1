#include "plugins/sla/latest_starts.hpp"

namespace basalt {

void LatestStarts::catch_up(const Cluster& cluster, const WaitingTimes& times) {
  if (moments_.size() < cluster.jobs().slots()) moments_.resize(cluster.jobs().slots());
  cluster.for_each_job_slot_changed_after(seen_, [&](std::uint32_t slot, JobId job) {
    moments_[slot].reset();
    if (!job) return;
    const Job& row = cluster.jobs()[job];
    if (const auto waiting = waiting_time(row, times)) moments_[slot] = row.created + *waiting;
  });
  seen_ = cluster.job_moment();
}

std::optional<WallTime> LatestStarts::of(JobId job) const { return moments_[job.slot()]; }

std::optional<WallTime> LatestStarts::next_after(WallTime now) const {
  std::optional<WallTime> next;
  for (const auto& moment : moments_) {
    if (moment && *moment > now && (!next || *moment < *next)) next = moment;
  }
  return next;
}

}  // namespace basalt
