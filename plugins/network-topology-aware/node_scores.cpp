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

/// The tiers that there are, the root's included, lowest first.
std::vector<std::int32_t> tiers_of(const Topology& topology) {
  std::vector<std::int32_t> tiers;
  for (const HyperNodeId id : topology.all()) {
    if (tiers.empty() || tiers.back() != topology.tier(id)) tiers.push_back(topology.tier(id));
  }
  return tiers;
}

}  // namespace

bool ClosenessTerm::applies(const Spec& spec) const {
  if (!specs_) {
    specs_.emplace();
    cluster_.jobs().for_each([&](JobId, const Job& job) {
      if (!job.has_parts()) return;
      for (const TaskId task : job.tasks) specs_->insert(&cluster_.spec(task));
    });
  }
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

void FillingTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  if (has_topology(cluster_, task.task.sub_job)) return;
  const Topology& topology = cluster_.topology();
  const std::int64_t weights = sum_of_weights(kinds_);
  if (weights == 0) return;
  const std::vector<std::int32_t> tiers = tiers_of(topology);
  std::vector<std::int64_t> tier_weights;
  std::int64_t of_all = 0;
  for (std::int64_t weight = kWhole; tier_weights.size() < tiers.size(); weight = weight * fading_ / kWhole) {
    tier_weights.push_back(weight);
    of_all += weight;
  }
  std::vector<std::optional<Score>> full(cluster_.hyper_nodes().slots());  // each domain's, found when first met
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Int128 sum = 0;
    const auto around = topology.around(nodes[i]);
    auto domain = around.begin();
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
      Score score = kMaxScore;
      while (domain != around.end() && topology.tier(*domain) < tiers[tier]) ++domain;
      if (domain != around.end() && topology.tier(*domain) == tiers[tier]) {
        auto& known = full[domain->slot()];
        if (!known) {
          known = fullness(1, kinds_, weights, task.spec.request, sums_.used(*domain), sums_.allocatable(*domain));
        }
        score = *known;
      }
      sum += Int128{score} * tier_weights[tier];
    }
    out[i] = static_cast<Score>(sum / of_all);
  }
}

}  // namespace basalt
