#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "basalt/framework/topology_limit.hpp"
#include "basalt/testing/scenario.hpp"

namespace basalt::testing {
namespace {

bool has_plugin(const Configuration& configuration, std::string_view name) {
  for (const Tier& tier : configuration.tiers) {
    for (const PluginSlot& slot : tier.plugins) {
      if (slot.name == name) return true;
    }
  }
  return false;
}

/// Others may have over-committed a node in kinds that this task does not ask for.
void check_node(const Cluster& cluster, TaskId task, NodeId node, bool later, std::vector<std::string>& violations) {
  const Resources& request = cluster.spec(task).request;
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    const std::int64_t left = later ? cluster.future_idle(node, kind) : cluster.idle(node, kind);
    if (request[kind] > 0 && left < 0) {
      violations.push_back("N1: node " + cluster.node_name(node) + (later ? " promises" : " lacks") + " " +
                           std::to_string(-left) + " more " + cluster.schema().name(kind) + " than it has");
    }
  }
}

/// What is reserved in advance has room once everybody else is gone.
void check_capacity(const Cluster& cluster, TaskId task, NodeId node, std::vector<std::string>& violations) {
  const Resources& request = cluster.spec(task).request;
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    const std::int64_t left = cluster.allocatable(node, kind) - cluster.pipelined(node, kind);
    if (request[kind] > 0 && left < 0) {
      violations.push_back("node " + cluster.node_name(node) + " has more " + cluster.schema().name(kind) +
                           " reserved in advance than it has, by " + std::to_string(-left));
    }
  }
}

std::string name_of(const Cluster& cluster, SubJobId part) {
  const SubJob& row = cluster.sub_jobs()[part];
  std::string name = cluster.jobs()[row.job].name;
  for (const std::string& value : row.values) name += "/" + value;
  return name;
}

/// What a cycle did to gangs. Members that it evicted were there when the others were bound: whether they may go
/// is another question (V4).
struct Gangs {
  std::unordered_set<JobId> touched;
  std::set<std::string> bound_parts;
  std::unordered_map<JobId, std::vector<TaskId>> evicted;
};

/// The minima of roles, which hold where the job's minimum is no less than their sum.
void check_roles(const Cluster& cluster, const Job& row, const std::vector<TaskId>& evicted,
                 std::vector<std::string>& violations) {
  std::int64_t sum = 0;
  for (const auto& [role, minimum] : row.min_task_member) sum += minimum;
  if (row.min_member < sum) return;
  for (const auto& [role, minimum] : row.min_task_member) {
    std::int64_t ready = 0;
    for (const TaskId task : row.tasks) {
      const TaskStatus status = cluster.status(task);
      const bool counts = is_allocated(status) || status == TaskStatus::succeeded ||
                          std::find(evicted.begin(), evicted.end(), task) != evicted.end();
      if (counts && cluster.tasks()[task].role == role) ++ready;
    }
    if (ready < minimum) {
      violations.push_back("G1: role " + cluster.symbols().text(role) + " of gang " + row.name +
                           " is half-placed: " + std::to_string(ready) + " of " + std::to_string(minimum));
    }
  }
}

/// A gang, the parts of it that got something, and the number of parts it needs.
void check_gang(const Cluster& cluster, JobId job, const Gangs& gangs, std::vector<std::string>& violations) {
  const Job& row = cluster.jobs()[job];
  const auto found = gangs.evicted.find(job);
  const std::vector<TaskId> evicted = found == gangs.evicted.end() ? std::vector<TaskId>{} : found->second;
  const std::int64_t ready = cluster.ready_tasks(job) + static_cast<std::int64_t>(evicted.size());
  if (ready < row.min_member) {
    violations.push_back("G1: gang " + row.name + " is half-placed: " + std::to_string(ready) + " of " +
                         std::to_string(row.min_member));
  }
  check_roles(cluster, row, evicted, violations);
  if (!evicted.empty()) return;
  if (row.sub_groups.empty()) return;
  std::vector<std::int64_t> whole(row.sub_groups.size(), 0);
  for (const SubJobId part : row.sub_jobs) {
    const bool is_whole = static_cast<std::int64_t>(cluster.ready_tasks(part)) >= cluster.min_member(part);
    const auto policy = cluster.sub_jobs()[part].policy;
    if (policy && is_whole) ++whole[*policy];
    if (!is_whole && gangs.bound_parts.contains(name_of(cluster, part))) {
      violations.push_back("G1: sub-group " + name_of(cluster, part) +
                           " is half-placed: " + std::to_string(cluster.ready_tasks(part)) + " of " +
                           std::to_string(cluster.min_member(part)));
    }
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i] >= row.sub_groups[i].min_sub_groups) continue;
    violations.push_back("G1: gang " + row.name + " has " + std::to_string(whole[i]) + " whole sub-groups of " +
                         std::to_string(row.sub_groups[i].min_sub_groups) + " that it needs");
  }
}

template <class Id>
void check_span(const Cluster& cluster, Id id, const std::string& name, std::vector<std::string>& violations) {
  const Topology& topology = cluster.topology();
  const HyperNodeId domain = placed_domain(cluster, id);
  const auto limit = highest_tier(cluster, id);
  if (!domain || !limit || topology.tier(domain) <= *limit) return;
  violations.push_back("G1: " + name + " spans " + cluster.hyper_nodes()[domain].name + " of tier " +
                       std::to_string(topology.tier(domain)) + ", beyond tier " + std::to_string(*limit));
}

/// Nobody is placed beyond what its networkTopology allows. A part that got nothing may have been so before.
void check_topology(const Cluster& cluster, JobId job, const std::set<std::string>& parts_served,
                    std::vector<std::string>& violations) {
  const Job& row = cluster.jobs()[job];
  if (!row.has_parts()) return;
  check_span(cluster, job, "job " + row.name, violations);
  for (const SubJobId part : row.sub_jobs) {
    const std::string name = name_of(cluster, part);
    if (parts_served.contains(name)) check_span(cluster, part, "sub-group " + name, violations);
  }
}

/// The nodes that promise what others still use. A reservation that is made again where it was is no decision, so
/// those of earlier cycles count.
std::unordered_set<NodeId> nodes_reserved_in_advance(const Cluster& cluster, const Decisions& decisions,
                                                     std::unordered_set<TaskId>& in_advance) {
  for (const Decision& decision : decisions) {
    const auto* reserve = std::get_if<Reserve>(&decision);
    if (reserve == nullptr) continue;
    if (reserve->in_advance) {
      in_advance.insert(reserve->task);
    } else {
      in_advance.erase(reserve->task);
    }
  }
  std::unordered_set<NodeId> nodes;
  std::erase_if(in_advance, [&](TaskId task) {
    if (!cluster.tasks().contains(task) || cluster.status(task) != TaskStatus::pipelined) return true;
    nodes.insert(cluster.node_of(task));
    return false;
  });
  return nodes;
}

}  // namespace

std::vector<std::string> check_placements(const Cluster& cluster, const Configuration& configuration,
                                          const Decisions& decisions, std::unordered_set<TaskId>& in_advance) {
  std::vector<std::string> violations;
  Gangs gangs;
  std::unordered_set<JobId> reserved;
  std::set<std::string> parts_served;
  const std::unordered_set<NodeId> ahead = nodes_reserved_in_advance(cluster, decisions, in_advance);
  for (const Decision& decision : decisions) {
    if (const auto* bind = std::get_if<Bind>(&decision)) {
      check_node(cluster, bind->task, bind->node, false, violations);
      if (const JobId job = cluster.tasks()[bind->task].job) gangs.touched.insert(job);
      if (const SubJobId part = cluster.tasks()[bind->task].sub_job) gangs.bound_parts.insert(name_of(cluster, part));
    } else if (const auto* reserve = std::get_if<Reserve>(&decision)) {
      if (ahead.contains(reserve->node)) {
        check_capacity(cluster, reserve->task, reserve->node, violations);
      } else {
        check_node(cluster, reserve->task, reserve->node, true, violations);
      }
      if (const JobId job = cluster.tasks()[reserve->task].job) reserved.insert(job);
      if (const SubJobId part = cluster.tasks()[reserve->task].sub_job) parts_served.insert(name_of(cluster, part));
    } else if (const auto* evict = std::get_if<Evict>(&decision)) {
      if (const JobId job = cluster.tasks()[evict->task].job) gangs.evicted[job].push_back(evict->task);
    }
  }
  if (has_plugin(configuration, "gang")) {
    for (const JobId job : gangs.touched) check_gang(cluster, job, gangs, violations);
  }
  if (has_plugin(configuration, "network-topology-aware")) {
    reserved.insert(gangs.touched.begin(), gangs.touched.end());
    parts_served.insert(gangs.bound_parts.begin(), gangs.bound_parts.end());
    for (const JobId job : reserved) check_topology(cluster, job, parts_served, violations);
  }
  std::sort(violations.begin(), violations.end());
  return violations;
}

std::vector<std::string> check_placements(const Cluster& cluster, const Configuration& configuration,
                                          const Decisions& decisions) {
  std::unordered_set<TaskId> in_advance;
  return check_placements(cluster, configuration, decisions, in_advance);
}

}  // namespace basalt::testing
