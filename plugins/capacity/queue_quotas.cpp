#include "plugins/capacity/queue_quotas.hpp"

#include <algorithm>

#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/queue_limits.hpp"

namespace basalt {
namespace {

/// As amounts: what is not bounded is as much as can be stated.
Resources upper_bounds(const Limits& limits, const ResourceSchema& schema) {
  Resources bounds;
  for (Dimension kind = 0; kind < schema.size(); ++kind) {
    bounds.set(kind, limits[kind].value_or(Resources::kMaxStatedAmount));
  }
  return bounds;
}

Limits at_least(Limits limits, const Resources& guarantee) {
  for (Dimension kind = 0; kind < guarantee.width(); ++kind) {
    if (guarantee[kind] > limits[kind].value_or(0)) limits.set(kind, guarantee[kind]);
  }
  return limits;
}

Limits cut(Limits limits, const Resources& most) {
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
    if (const auto bound = limits[kind]; bound && *bound > most[kind]) limits.set(kind, most[kind]);
  }
  return limits;
}

class Division {
 public:
  Division(const Cluster& cluster, const QueueTree& tree) : cluster_(cluster), tree_(tree) {}

  void divide_flat(std::unordered_map<QueueId, QueueQuota>& quotas) const {
    const Resources unguaranteed = excess(cluster_.total_allocatable(), total_guarantee(cluster_));
    for (const QueueId id : tree_.from_the_top()) {
      const Queue& queue = cluster_.queues()[id];
      QueueQuota& quota = quotas[id];
      quota.guarantee = queue.guarantee;
      quota.limit = stated_capability(queue).cut(unguaranteed + queue.guarantee);
      quota.deserved = at_least(cut(queue.deserved, quota.limit), queue.guarantee);
    }
  }

  /// From the top: a child's bounds follow from its parent's.
  void divide_tree(std::unordered_map<QueueId, QueueQuota>& quotas) const {
    std::unordered_map<QueueId, Limits> capabilities;
    for (const QueueId id : tree_.from_the_top()) {
      const Queue& queue = cluster_.queues()[id];
      QueueQuota& quota = quotas[id];
      quota.guarantee = queue.guarantee;
      quota.deserved = at_least(queue.deserved, queue.guarantee);
      Limits& capability = capabilities[id] = stated_capability(queue);
      const QueueId parent = tree_.ancestor(id, 1);
      if (!parent) {
        quota.limit = upper_bounds(capability, cluster_.schema());
        continue;
      }
      inherit(capability, capabilities.at(parent));
      const Resources left = excess(quotas.at(parent).limit, guarantees_below(parent));
      quota.limit = capability.cut(saturating_add(left, queue.guarantee));
    }
  }

 private:
  static void inherit(Limits& capability, const Limits& of_parent) {
    for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
      if (!capability[kind] && of_parent[kind]) capability.set(kind, *of_parent[kind]);
    }
  }

  Resources guarantees_below(QueueId parent) const {
    Resources sum;
    for (const QueueId child : tree_.children(parent)) {
      sum = saturating_add(sum, cluster_.queues()[child].guarantee);
    }
    return sum;
  }

  const Cluster& cluster_;
  const QueueTree& tree_;
};

}  // namespace

std::unordered_map<QueueId, QueueQuota> queue_quotas(const Cluster& cluster, const QueueTree& tree,
                                                     QueueTree::Shape shape, const JobLedger& ledger) {
  std::unordered_map<QueueId, QueueQuota> quotas;
  const Division division(cluster, tree);
  if (shape == QueueTree::Shape::flat) {
    division.divide_flat(quotas);
  } else {
    division.divide_tree(quotas);
  }
  for (const QueueId id : tree.from_the_top()) {
    const QueueAccount* account = ledger.account(id);
    if (account == nullptr) continue;
    const Resources claimed = account->claims.saturated();
    const Resources elastic = cluster.allocated(id) - account->covered.saturated();
    for (const QueueId above : tree.path(id)) {
      QueueQuota& quota = quotas.at(above);
      quota.claimed = saturating_add(quota.claimed, claimed);
      quota.elastic += elastic;
    }
  }
  return quotas;
}

Resources amounts_of(const Limits& limits) {
  Resources amounts;
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
    if (const auto bound = limits[kind]) amounts.set(kind, *bound);
  }
  return amounts;
}

bool is_empty(const Limits& limits) {
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
    if (limits[kind]) return false;
  }
  return true;
}

Share share_of(const Resources& held, const Limits& deserved) {
  if (is_empty(deserved)) return Share{1, 1};
  return dominant_share(held, amounts_of(deserved));
}

}  // namespace basalt
