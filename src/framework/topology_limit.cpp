#include "basalt/framework/topology_limit.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace basalt {
namespace {

/// The stated tier, by number or name; nothing when the name is unknown.
std::optional<std::int32_t> stated_tier(const Topology& topology, const NetworkTopology& stated) {
  return stated.highest_tier ? stated.highest_tier : topology.tier_named(stated.highest_tier_name);
}

std::string unresolved(const Topology& topology, const std::optional<NetworkTopology>& stated) {
  if (!stated || !is_binding(*stated)) return {};
  if (topology.is_empty()) return "networkTopology is hard, and there are no HyperNodes";
  if (stated_tier(topology, *stated)) return {};
  return "networkTopology: no HyperNode has the tier name \"" + stated->highest_tier_name + "\"";
}

HyperNodeId domain_of(const Cluster& cluster, std::span<const TaskId> tasks) {
  std::vector<NodeId> nodes;
  for (const TaskId task : tasks) {
    const TaskStatus status = cluster.status(task);
    if (!is_allocated(status) && status != TaskStatus::pipelined) continue;
    const NodeId node = cluster.node_of(task);
    if (cluster.rank(node) != Cluster::kNoRank) nodes.push_back(node);  // a node that is gone is nowhere
  }
  return cluster.topology().smallest_around(nodes);
}

}  // namespace

bool is_binding(const NetworkTopology& topology) {
  return topology.hard && (topology.highest_tier || !topology.highest_tier_name.empty());
}

std::optional<std::int32_t> highest_tier(const Cluster& cluster, JobId job) {
  const auto& stated = cluster.jobs()[job].network_topology;
  if (!stated) return std::nullopt;
  const Topology& topology = cluster.topology();
  return is_binding(*stated) ? stated_tier(topology, *stated) : topology.tier(topology.root());
}

std::optional<std::int32_t> highest_tier(const Cluster& cluster, SubJobId sub_job) {
  const SubJob& part = cluster.sub_jobs()[sub_job];
  if (!part.policy) return highest_tier(cluster, part.job);
  const auto& stated = cluster.jobs()[part.job].sub_groups[*part.policy].network_topology;
  if (!stated) return std::nullopt;
  const Topology& topology = cluster.topology();
  if (is_binding(*stated)) return stated_tier(topology, *stated);
  const auto of_job = highest_tier(cluster, part.job);
  return of_job ? of_job : topology.tier(topology.root());
}

bool has_binding_topology(const Job& job) {
  if (job.network_topology && is_binding(*job.network_topology)) return true;
  return std::any_of(job.sub_groups.begin(), job.sub_groups.end(), [](const SubGroupPolicy& policy) {
    return policy.network_topology && is_binding(*policy.network_topology);
  });
}

std::string unresolved_topology(const Cluster& cluster, JobId job) {
  const Job& row = cluster.jobs()[job];
  std::string why = unresolved(cluster.topology(), row.network_topology);
  for (const SubGroupPolicy& policy : row.sub_groups) {
    if (why.empty()) why = unresolved(cluster.topology(), policy.network_topology);
  }
  return why;
}

std::unordered_set<const Spec*> specs_in_parts(const Cluster& cluster) {
  std::unordered_set<const Spec*> specs;
  cluster.sub_jobs().for_each([&](SubJobId, const SubJob& part) {
    for (const TaskId task : part.tasks) specs.insert(&cluster.spec(task));
  });
  return specs;
}

HyperNodeId placed_domain(const Cluster& cluster, JobId job) { return domain_of(cluster, cluster.jobs()[job].tasks); }

HyperNodeId placed_domain(const Cluster& cluster, SubJobId sub_job) {
  return domain_of(cluster, cluster.sub_jobs()[sub_job].tasks);
}

}  // namespace basalt
