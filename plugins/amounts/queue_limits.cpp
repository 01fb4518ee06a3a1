#include "plugins/amounts/queue_limits.hpp"

namespace basalt {

Resources holdings(const Cluster& cluster, QueueId queue) {
  return cluster.allocated(queue) + cluster.pipelined(queue);
}

Resources total_guarantee(const Cluster& cluster) {
  Resources total;
  cluster.queues().for_each([&](QueueId, const Queue& queue) { total = saturating_add(total, queue.guarantee); });
  return total;
}

Limits stated_capability(const Queue& queue) {
  Limits limits;
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
    const auto bound = queue.capability[kind];
    const bool is_meant = bound && !((kind == kCpu || kind == kMemory) && *bound <= 0);
    if (is_meant) limits.set(kind, *bound);
  }
  return limits;
}

}  // namespace basalt
