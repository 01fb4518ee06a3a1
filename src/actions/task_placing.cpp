#include "actions/task_placing.hpp"

#include <string>

#include "actions/candidates.hpp"
#include "actions/continuation.hpp"
#include "basalt/base/check.hpp"

namespace basalt {
namespace {

/// Why no node needs to be asked about a task; empty: there is no such reason.
std::string refusal_before_nodes(Session& session, JobId job, TaskId task) {
  const Cluster& cluster = session.cluster();
  std::string refusal;
  if (session.allocatable(cluster.jobs()[job].queue, task, refusal)) return session.pre_predicate(task);
  return refusal.empty() ? "queue \"" + cluster.jobs()[job].queue_name + "\" has no room for it" : refusal;
}

Fit put(TaskId task, const Placement& placement, Transaction& tx) {
  if (placement.now) return tx.allocate(task, placement.node);
  tx.pipeline(task, placement.node);
  return Fit::yes();
}

/// Finds a node for the task and puts it there, or notes why there is none. A node that cannot give it
/// the devices it needs, though no filter said so, is passed over.
std::optional<Placement> place(Session& session, JobId job, TaskId task, HyperNodeId domain, Transaction& tx) {
  const SpecId spec = session.cluster().tasks()[task].spec;
  if (std::string refusal = refusal_before_nodes(session, job, task); !refusal.empty()) {
    session.wait_report(job).note(spec, std::move(refusal));
    return std::nullopt;
  }
  FitSummary why;
  std::vector<NodeId> left;  // once a node was passed over
  auto placement = find_within(session, task, domain, why);
  while (placement) {
    const Fit fit = put(task, *placement, tx);
    if (fit) return placement;
    why.add(fit.reason);
    if (left.empty()) left = nodes_within(session.cluster(), domain);
    std::erase(left, placement->node);
    placement = session.find_placement(task, left, why);
  }
  session.wait_report(job).note(spec, std::move(why));
  return std::nullopt;
}

bool is_ready(const Session& session, JobId job, SubJobId part) {
  return part ? session.sub_job_ready(part) : session.job_ready(job);
}

}  // namespace

Placements place_tasks(Session& session, JobId job, Worklist& list, Transaction& tx) {
  return place_tasks(session, job, list, session.cluster().topology().root(), tx);
}

Placements place_tasks(Session& session, JobId job, Worklist& list, HyperNodeId domain, Transaction& tx) {
  Placements placements;
  Prospects prospects(session.cluster(), job, list.part);
  while (list.next < list.tasks.size()) {
    const TaskId task = list.tasks[list.next++];
    const auto placement = place(session, job, task, domain, tx);
    if (!placement) {
      if (prospects.survive(task)) continue;
      break;
    }
    placements.emplace_back(task, *placement);
    if (is_ready(session, job, list.part)) break;
  }
  return placements;
}

std::optional<Placement> place_on(Session& session, JobId job, TaskId task, NodeId node, Transaction& tx) {
  if (!refusal_before_nodes(session, job, task).empty() || !session.fit(task, node)) return std::nullopt;
  const Cluster& cluster = session.cluster();
  const Placement placement{node, !cluster.idle_shortage(node, cluster.spec(task).request)};
  if (!put(task, placement, tx)) return std::nullopt;
  return placement;
}

void repeat(const Placements& placements, Transaction& tx) {
  for (const auto& [task, placement] : placements) {
    BASALT_CHECK(put(task, placement, tx), "a plugin refuses what it reserved on the same cluster");
  }
}

}  // namespace basalt
