#include "plugins/task-topology/role_affinities.hpp"

#include <algorithm>
#include <set>

namespace basalt {
namespace {

constexpr int kSelfAntiAffinity = 4;
constexpr int kInterAffinity = 3;
constexpr int kSelfAffinity = 2;
constexpr int kInterAntiAffinity = 1;

}  // namespace

RoleAffinities::RoleAffinities(const TaskTopology& topology, const Cluster& cluster, JobId job) {
  std::set<std::string> names(topology.order.begin(), topology.order.end());
  for (const auto* groups : {&topology.affinity, &topology.anti_affinity}) {
    for (const TaskTopology::Roles& group : *groups) names.insert(group.begin(), group.end());
  }
  std::vector<Symbol> of_tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) of_tasks.push_back(cluster.tasks()[task].role);
  for (const std::string& name : names) {
    const auto symbol = cluster.symbols().find(name);
    if (symbol && std::find(of_tasks.begin(), of_tasks.end(), *symbol) != of_tasks.end()) {
      roles_.push_back({*symbol, 0, 0});
    } else {
      unknown_.push_back(name);
    }
  }
  attractions_ = Attractions(roles_.size());
  for (const auto& group : topology.affinity) add_group(group, cluster, 1);
  for (const auto& group : topology.anti_affinity) add_group(group, cluster, -1);
  for (std::size_t i = 0; i < topology.order.size(); ++i) {
    const auto role = number_of(topology.order[i], cluster);
    if (role) roles_[*role].order = topology.order.size() - i;
  }
  for (const Role& role : roles_) {
    if (role.priority > 0) highest_order_ = std::max(highest_order_, role.order);
  }
}

std::optional<std::size_t> RoleAffinities::number_of(Symbol role) const {
  const auto known = std::find_if(roles_.begin(), roles_.end(), [&](const Role& each) { return each.name == role; });
  if (known == roles_.end()) return std::nullopt;
  return static_cast<std::size_t>(known - roles_.begin());
}

std::optional<std::size_t> RoleAffinities::number_of(const std::string& name, const Cluster& cluster) const {
  const auto symbol = cluster.symbols().find(name);
  return symbol ? number_of(*symbol) : std::nullopt;
}

void RoleAffinities::raise_priority(std::size_t role, int priority) {
  roles_[role].priority = std::max(roles_[role].priority, priority);
}

void RoleAffinities::add_group(const TaskTopology::Roles& group, const Cluster& cluster, std::int64_t points) {
  const bool attracts = points > 0;
  const auto add = [&](std::size_t left, std::size_t right, int priority) {
    // Two groups may name a pair; it counts once. What is both wanted and unwanted is neither.
    const std::int64_t known = attractions_.between(left, right);
    if (known != points) attractions_.set(left, right, known + points);
    raise_priority(left, priority);
    raise_priority(right, priority);
  };
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto left = number_of(group[i], cluster);
    if (!left) continue;
    if (group.size() == 1) add(*left, *left, attracts ? kSelfAffinity : kSelfAntiAffinity);
    for (std::size_t j = i + 1; j < group.size(); ++j) {
      const auto right = number_of(group[j], cluster);
      if (right) add(*left, *right, attracts ? kInterAffinity : kInterAntiAffinity);
    }
  }
}

}  // namespace basalt
