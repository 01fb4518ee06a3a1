#include "framework/node_groups.hpp"

#include <map>

namespace basalt {

void NodeGroups::catch_up(const Cluster& cluster) {
  if (epoch_ == cluster.topology_epoch()) return;
  epoch_ = cluster.topology_epoch();
  const Topology& topology = cluster.topology();
  const std::span<const NodeId> nodes = cluster.nodes_in_order();
  group_of_.clear();
  members_.clear();
  std::map<std::vector<std::uint32_t>, std::uint32_t> by_ranks;  // of the HyperNodes around a group
  for (std::uint32_t rank = 0; rank < nodes.size(); ++rank) {
    std::vector<std::uint32_t> ranks;
    for (const HyperNodeId domain : topology.around(nodes[rank])) ranks.push_back(topology.rank(domain));
    const auto [group, is_new] = by_ranks.emplace(std::move(ranks), static_cast<std::uint32_t>(members_.size()));
    if (is_new) members_.emplace_back();
    members_[group->second].push_back(rank);
    group_of_.push_back(group->second);
  }
  std::vector<std::vector<std::uint32_t>> groups_around(topology.all().size());  // by rank of the HyperNode
  for (const auto& [ranks, group] : by_ranks) {
    for (const std::uint32_t rank : ranks) groups_around[rank].push_back(group);
  }
  domains_.clear();
  groups_.clear();
  around_.assign(members_.size(), {});
  for (std::uint32_t rank = 0; rank < groups_around.size(); ++rank) {
    if (groups_around[rank].empty() || groups_around[rank].size() == members_.size()) continue;
    for (const std::uint32_t group : groups_around[rank]) {
      around_[group].push_back(static_cast<std::uint32_t>(domains_.size()));
    }
    domains_.push_back(topology.all()[rank]);
    groups_.push_back(std::move(groups_around[rank]));
  }
}

}  // namespace basalt
