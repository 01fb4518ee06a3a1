#include "plugins/network-topology-aware/hyper_node_scores.hpp"

#include <algorithm>
#include <vector>

namespace basalt {
namespace {

Resources waiting_request(const Cluster& cluster, const SubJob& part) {
  Resources sum;
  for (const TaskId task : part.tasks) {
    if (cluster.status(task) == TaskStatus::pending) sum += cluster.spec(task).request;
  }
  return sum;
}

std::int64_t tasks_within(const Cluster& cluster, const SubJob& part, HyperNodeId hyper_node) {
  return std::count_if(part.tasks.begin(), part.tasks.end(), [&](TaskId task) {
    const TaskStatus status = cluster.status(task);
    if (!is_allocated(status) && status != TaskStatus::pipelined) return false;
    const auto around = cluster.topology().around(cluster.node_of(task));
    return std::find(around.begin(), around.end(), hyper_node) != around.end();
  });
}

}  // namespace

void add_hyper_node_scores(const Cluster& cluster, DomainSums& sums, std::int64_t weight,
                           std::span<const WeighedKind> kinds, SubJobId sub_job,
                           std::span<const HyperNodeId> hyper_nodes, std::span<Score> out) {
  const std::int64_t weights = sum_of_weights(kinds);
  if (weight == 0 || weights == 0 || hyper_nodes.empty()) return;
  const SubJob& part = cluster.sub_jobs()[sub_job];
  const Resources added = waiting_request(cluster, part);
  std::vector<Score> full;
  for (const HyperNodeId hyper_node : hyper_nodes) {
    full.push_back(fullness(weight, kinds, weights, added, sums.used(hyper_node), sums.allocatable(hyper_node)));
  }
  const Score top = *std::max_element(full.begin(), full.end());
  const bool is_tie = std::count(full.begin(), full.end(), top) > 1;
  for (std::size_t i = 0; i < full.size(); ++i) {
    out[i] += full[i];
    if (!is_tie || full[i] != top) continue;
    const std::int64_t there = tasks_within(cluster, part, hyper_nodes[i]);
    out[i] += kMaxScore * weight * there / static_cast<std::int64_t>(part.tasks.size());
  }
}

}  // namespace basalt
