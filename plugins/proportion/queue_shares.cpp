#include "plugins/proportion/queue_shares.hpp"

#include <algorithm>

#include "plugins/amounts/minimum.hpp"
#include "plugins/proportion/water_filling.hpp"

namespace basalt {
namespace {

Resources total_guarantee(const Cluster& cluster) {
  Resources total;
  cluster.queues().for_each([&](QueueId, const Queue& queue) { total = saturating_add(total, queue.guarantee); });
  return total;
}

/// A capability of no cpu or no memory is a capability that was never thought about.
Limits stated_capability(const Queue& queue) {
  Limits limits;
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
    const auto bound = queue.capability[kind];
    const bool is_meant = bound && !((kind == kCpu || kind == kMemory) && *bound <= 0);
    if (is_meant) limits.set(kind, *bound);
  }
  return limits;
}

}  // namespace

Resources holdings(const Cluster& cluster, QueueId queue) {
  return cluster.allocated(queue) + cluster.pipelined(queue);
}

std::unordered_map<QueueId, QueueShare> queue_shares(const Cluster& cluster, const JobLedger& ledger) {
  std::unordered_map<QueueId, QueueShare> shares;
  const Resources& total = cluster.total_allocatable();
  const Resources unguaranteed = excess(total, total_guarantee(cluster));
  std::vector<QueueDemand> demands;
  std::vector<QueueShare*> owners;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) {
    const QueueAccount* account = ledger.account(id);
    if (account == nullptr) return;
    QueueShare& share = shares[id];
    share.claimed = account->claims.saturated();
    share.elastic = cluster.allocated(id) - account->covered.saturated();
    share.limit = stated_capability(queue).cut(unguaranteed + queue.guarantee);
    demands.push_back({queue.weight, queue.guarantee, share.limit, holdings(cluster, id) + cluster.pending(id)});
    owners.push_back(&share);
  });
  std::vector<Resources> deserved = deserved_shares(total, demands);
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->deserved = deserved[i];
  return shares;
}

}  // namespace basalt
