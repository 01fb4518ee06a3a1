#include "plugins/rank-aware/neighbour_term.hpp"

#include <algorithm>

#include "basalt/framework/topology_limit.hpp"
#include "plugins/rank-aware/ranks.hpp"

namespace basalt {
namespace {

/// Tasks of a request that nodes have room for, now or later, up to `most`.
std::int64_t slots_on(const Cluster& cluster, std::span<const NodeId> nodes, const Resources& request,
                      std::int64_t most) {
  std::int64_t slots = 0;
  for (const NodeId node : nodes) {
    std::int64_t fit = most;
    for (Dimension kind = 0; kind < request.width(); ++kind) {
      if (request[kind] <= 0) continue;
      fit = std::min(fit, std::max<std::int64_t>(cluster.future_idle(node, kind), 0) / request[kind]);
    }
    slots += fit;
    if (slots >= most) return most;
  }
  return slots;
}

}  // namespace

Score closeness(const Topology& topology, NodeId left, NodeId right) {
  if (left == right) return kMaxScore;
  const auto around_left = topology.around(left);
  const auto around_right = topology.around(right);
  const auto common = std::find_if(around_left.begin(), around_left.end(), [&](HyperNodeId at) {
    return std::find(around_right.begin(), around_right.end(), at) != around_right.end();
  });
  if (common == around_left.end()) return 0;
  const std::int64_t highest = topology.tier(topology.root());
  const std::int64_t lowest = topology.tier(topology.all().front());
  return kMaxScore * (highest - topology.tier(*common)) / (highest - lowest + 1);
}

bool NeighbourTerm::applies(const Spec& spec) const {
  if (!specs_) specs_ = specs_in_parts(cluster_);
  return specs_->contains(&spec);
}

std::optional<std::int64_t> NeighbourTerm::rank(TaskId task) const {
  if (!cluster_.tasks()[task].sub_job) return std::nullopt;
  const auto [known, is_new] = ranks_.try_emplace(task);
  if (is_new) known->second = rank_of(cluster_, task);
  return known->second;
}

NeighbourTerm::Neighbours NeighbourTerm::neighbours_of(const Task& task, std::int64_t asked) const {
  Neighbours found;
  for (const TaskId id : cluster_.jobs()[task.job].tasks) {
    if (cluster_.tasks()[id].role != task.role) continue;
    const TaskStatus status = cluster_.status(id);
    found.waiting += status == TaskStatus::pending ? 1 : 0;
    if (!is_allocated(status) && status != TaskStatus::pipelined) continue;
    const auto other = rank(id);
    if (!other || *other == asked) continue;
    const std::int64_t gap = *other < asked ? asked - *other : *other - asked;
    NodeId& node = *other < asked ? found.below : found.above;
    std::int64_t& least = *other < asked ? found.gap_below : found.gap_above;
    if (node && least <= gap) continue;
    node = cluster_.node_of(id);
    least = gap;
  }
  return found;
}

void NeighbourTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const auto asked = rank(task.id);
  if (!asked) return;
  const Neighbours neighbours = neighbours_of(task.task, *asked);
  const Topology& topology = cluster_.topology();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Score below = neighbours.below ? closeness(topology, nodes[i], neighbours.below) : 0;
    const Score above = neighbours.above ? closeness(topology, nodes[i], neighbours.above) : 0;
    if (neighbours.below && neighbours.above) {
      // The mean, each weighing 1/gap.
      out[i] =
          (below * neighbours.gap_above + above * neighbours.gap_below) / (neighbours.gap_below + neighbours.gap_above);
    } else {
      out[i] = below + above;
    }
  }
  add_room(task, neighbours.waiting, nodes, out);
}

void NeighbourTerm::add_room(const TaskView& task, std::int64_t most, std::span<const NodeId> nodes,
                             std::span<Score> out) const {
  const Topology& topology = cluster_.topology();
  std::vector<std::int64_t> slots(cluster_.hyper_nodes().slots(), -1);  // by slot of a HyperNode, once counted
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto around = topology.around(nodes[i]);
    if (around.empty() || around.front() == topology.root()) continue;
    std::int64_t& known = slots[around.front().slot()];
    if (known < 0) known = slots_on(cluster_, topology.nodes(around.front()), task.spec.request, most);
    out[i] += known;
  }
}

}  // namespace basalt
