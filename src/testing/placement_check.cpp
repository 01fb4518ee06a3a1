#include <algorithm>
#include <set>
#include <unordered_set>

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
      violations.push_back("node " + cluster.node_name(node) + (later ? " promises" : " lacks") + " " +
                           std::to_string(-left) + " more " + cluster.schema().name(kind) + " than it has");
    }
  }
}

}  // namespace

std::vector<std::string> check_placements(const Cluster& cluster, const Configuration& configuration,
                                          const Decisions& decisions) {
  std::vector<std::string> violations;
  std::unordered_set<TaskId> bound;
  std::unordered_set<JobId> touched;
  for (const Decision& decision : decisions) {
    if (const auto* bind = std::get_if<Bind>(&decision)) {
      if (!bound.insert(bind->task).second) violations.push_back("bound twice: " + print(decision, cluster));
      check_node(cluster, bind->task, bind->node, false, violations);
      if (const JobId job = cluster.tasks()[bind->task].job) touched.insert(job);
    } else if (const auto* reserve = std::get_if<Reserve>(&decision)) {
      check_node(cluster, reserve->task, reserve->node, true, violations);
    }
  }
  if (has_plugin(configuration, "gang")) {
    for (const JobId job : touched) {
      const Job& row = cluster.jobs()[job];
      if (static_cast<std::int64_t>(cluster.ready_tasks(job)) < row.min_member) {
        violations.push_back("gang " + row.name + " is half-placed: " + std::to_string(cluster.ready_tasks(job)) +
                             " of " + std::to_string(row.min_member));
      }
    }
  }
  std::sort(violations.begin(), violations.end());
  return violations;
}

}  // namespace basalt::testing
