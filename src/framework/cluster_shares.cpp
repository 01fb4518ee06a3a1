#include "basalt/base/check.hpp"
#include "basalt/framework/cluster.hpp"
#include "basalt/framework/past_share.hpp"

// What queues held in the past, as far as it is remembered.
namespace basalt {

void Cluster::remember_shares(std::optional<std::chrono::microseconds> half_life) {
  BASALT_CHECK(!half_life || half_life->count() > 0, "a half-life above zero");
  share_half_life_ = half_life;
  if (half_life) return;
  for (std::uint32_t slot = 0; slot < queues_.slots(); ++slot) {
    if (const QueueId queue = queues_.id_at(slot)) queues_[queue].past = {};
  }
}

void Cluster::pass_time(WallTime now) {
  if (!share_half_life_) return;
  check_between_cycles();
  for (std::uint32_t slot = 0; slot < queues_.slots(); ++slot) {
    const QueueId queue = queues_.id_at(slot);
    if (!queue) continue;
    PastShare& past = queues_[queue].past;
    past = faded(past, dominant_part(queue_allocated_[queue], total_allocatable_), now, *share_half_life_);
  }
}

}  // namespace basalt
