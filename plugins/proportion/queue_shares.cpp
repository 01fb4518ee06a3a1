#include "plugins/proportion/queue_shares.hpp"

#include <algorithm>

#include "basalt/framework/past_share.hpp"
#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/queue_limits.hpp"
#include "plugins/proportion/past_weights.hpp"
#include "plugins/proportion/water_filling.hpp"

namespace basalt {
namespace {

/// The demand of each queue that owns a job, the queues beside it.
struct Demands {
  std::vector<QueueId> queues;
  std::vector<QueueDemand> demands;
};

/// Gives who held less than his part in the past more of what is divided now.
void weigh_by_history(const Cluster& cluster, const ShareHistory& history, Demands& demands) {
  std::vector<std::int64_t> weights, parts;
  for (std::size_t i = 0; i < demands.queues.size(); ++i) {
    weights.push_back(demands.demands[i].weight);
    // The tables are as late as the last cycle; a look at what a cycle would decide is later.
    const PastShare& past = cluster.queues()[demands.queues[i]].past;
    parts.push_back(faded(past, 0, history.now, history.half_life).part);
  }
  weights = weights_after(weights, parts, history.strength);
  for (std::size_t i = 0; i < weights.size(); ++i) demands.demands[i].weight = weights[i];
}

Demands demands_of(const Cluster& cluster, const JobLedger& ledger, const std::optional<ShareHistory>& history) {
  Demands made;
  const Resources unguaranteed = excess(cluster.total_allocatable(), total_guarantee(cluster));
  cluster.queues().for_each([&](QueueId id, const Queue& queue) {
    if (ledger.account(id) == nullptr) return;
    const Resources limit = stated_capability(queue).cut(unguaranteed + queue.guarantee);
    made.queues.push_back(id);
    made.demands.push_back({queue.weight, queue.guarantee, limit, holdings(cluster, id) + cluster.pending(id)});
  });
  if (history) weigh_by_history(cluster, *history, made);
  return made;
}

}  // namespace

std::unordered_map<QueueId, QueueShare> queue_shares(const Cluster& cluster, const JobLedger& ledger,
                                                     const std::optional<ShareHistory>& history) {
  std::unordered_map<QueueId, QueueShare> shares;
  const Demands demands = demands_of(cluster, ledger, history);
  const std::vector<Resources> deserved = deserved_shares(cluster.total_allocatable(), demands.demands);
  for (std::size_t i = 0; i < demands.queues.size(); ++i) {
    const QueueId id = demands.queues[i];
    const QueueAccount& account = *ledger.account(id);
    shares[id] = {demands.demands[i].limit, deserved[i], account.claims.saturated(),
                  cluster.allocated(id) - account.covered.saturated()};
  }
  return shares;
}

std::unordered_map<QueueId, Resources> deserved_with_minima(const Cluster& cluster, const JobLedger& ledger,
                                                            const std::optional<ShareHistory>& history) {
  Demands demands = demands_of(cluster, ledger, history);
  std::unordered_map<QueueId, std::size_t> positions;
  for (std::size_t i = 0; i < demands.queues.size(); ++i) positions[demands.queues[i]] = i;
  cluster.jobs().for_each([&](JobId id, const Job& job) {
    const bool may_lack_pods = cluster.phase(id) == JobPhase::pending || cluster.phase(id) == JobPhase::inqueue;
    if (!job.queue || !job.min_resources || !may_lack_pods) return;
    Resources& request = demands.demands[positions.at(job.queue)].request;
    request = saturating_add(request, excess(unmet_minimum(cluster, id), cluster.pending(id)));
  });
  const std::vector<Resources> deserved = deserved_shares(cluster.total_allocatable(), demands.demands);
  std::unordered_map<QueueId, Resources> of_queues;
  for (std::size_t i = 0; i < demands.queues.size(); ++i) of_queues[demands.queues[i]] = deserved[i];
  return of_queues;
}

}  // namespace basalt
