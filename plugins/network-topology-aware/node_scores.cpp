#include "plugins/network-topology-aware/node_scores.hpp"

#include <algorithm>
#include <map>

#include "basalt/framework/topology_limit.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kWhole = 1'000'000;

bool has_topology(const Cluster& cluster, SubJobId sub_job) {
  return sub_job && (highest_tier(cluster, sub_job) || highest_tier(cluster, cluster.sub_jobs()[sub_job].job));
}

/// Tasks of a part that are placed, by the smallest HyperNode around each.
std::map<std::uint32_t, std::int64_t> tasks_by_domain(const Cluster& cluster, const SubJob& part) {
  const Topology& topology = cluster.topology();
  std::map<std::uint32_t, std::int64_t> counts;  // by rank
  for (const TaskId task : part.tasks) {
    const TaskStatus status = cluster.status(task);
    if (!is_allocated(status) && status != TaskStatus::pipelined) continue;
    const auto around = topology.around(cluster.node_of(task));
    if (!around.empty()) ++counts[topology.rank(around.front())];
  }
  return counts;
}

}  // namespace

bool ClosenessTerm::applies(const Spec& spec) const {
  if (!specs_) specs_ = specs_in_parts(cluster_);
  return specs_->contains(&spec);
}

void ClosenessTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const SubJobId sub_job = task.task.sub_job;
  if (nodes.empty() || !has_topology(cluster_, sub_job)) return;
  const Topology& topology = cluster_.topology();
  const SubJob& part = cluster_.sub_jobs()[sub_job];
  HyperNodeId placed = placed_domain(cluster_, sub_job);
  if (!placed) placed = placed_domain(cluster_, part.job);
  if (!placed) return;

  const std::int64_t highest = topology.tier(topology.root());
  const std::int64_t lowest = topology.tier(topology.all().front());
  std::vector<HyperNodeId> chain;
  for (HyperNodeId at = placed; at; at = topology.parent(at)) chain.push_back(at);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto around = topology.around(nodes[i]);
    const auto common = std::find_if(chain.begin(), chain.end(), [&](HyperNodeId at) {
      return std::find(around.begin(), around.end(), at) != around.end();
    });
    if (common == chain.end()) continue;
    out[i] = highest == lowest ? kMaxScore : kMaxScore * (highest - topology.tier(*common)) / (highest - lowest);
  }
  const Score top = *std::max_element(out.begin(), out.end());
  if (std::count(out.begin(), out.end(), top) < 2) return;
  const std::map<std::uint32_t, std::int64_t> there = tasks_by_domain(cluster_, part);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (out[i] != top) continue;
    const auto around = topology.around(nodes[i]);
    if (around.empty()) continue;
    if (const auto count = there.find(topology.rank(around.front())); count != there.end()) {
      out[i] += kMaxScore * count->second / static_cast<std::int64_t>(part.tasks.size());
    }
  }
}

void FillingTerm::weigh_tiers() const {
  const Topology& topology = cluster_.topology();
  std::int64_t weight = kWhole;
  for (const HyperNodeId id : topology.all()) {  // the root's tier is the last
    if (!tier_weights_.empty() && tier_weights_.back().tier == topology.tier(id)) continue;
    tier_weights_.push_back({topology.tier(id), weight});
    all_tiers_ += weight;
    weight = weight * fading_ / kWhole;
  }
}

Score FillingTerm::of(const Spec& spec, HyperNodeId hyper_node) const {
  if (weights_ == 0) return 0;
  if (tier_weights_.empty()) weigh_tiers();
  const std::int32_t tier = cluster_.topology().tier(hyper_node);
  const auto of_tier = std::find_if(tier_weights_.begin(), tier_weights_.end(),
                                    [&](const TierWeight& known) { return known.tier == tier; });
  const Score full = fullness(1, kinds_, weights_, spec.request, sums_.used(hyper_node), sums_.allocatable(hyper_node));
  return -static_cast<Score>(Int128{kMaxScore - full} * of_tier->weight / all_tiers_);
}

void FillingTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  if (weights_ == 0 || has_topology(cluster_, task.task.sub_job)) return;
  const Topology& topology = cluster_.topology();
  std::vector<std::optional<Score>> said(cluster_.hyper_nodes().slots());  // of each domain, asked when first met
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out[i] = kMaxScore;
    for (const HyperNodeId domain : topology.around(nodes[i])) {
      auto& known = said[domain.slot()];
      if (!known) known = of(task.spec, domain);
      out[i] += *known;
    }
  }
}

}  // namespace basalt
