#include "actions/task_placing.hpp"

#include <set>
#include <string>

#include "actions/continuation.hpp"

namespace basalt {
namespace {

/// A node for the task, or a note of why there is none.
std::optional<Placement> find(Session& session, JobId job, TaskId task) {
  const Cluster& cluster = session.cluster();
  const SpecId spec = cluster.tasks()[task].spec;
  std::string refusal;
  if (!session.allocatable(cluster.jobs()[job].queue, task, refusal)) {
    if (refusal.empty()) refusal = "queue \"" + cluster.jobs()[job].queue_name + "\" has no room for it";
  } else {
    refusal = session.pre_predicate(task);
  }
  if (!refusal.empty()) {
    session.wait_report(job).note(spec, std::move(refusal));
    return std::nullopt;
  }
  FitSummary why;
  const auto placement = session.find_placement(task, why);
  if (!placement) session.wait_report(job).note(spec, std::move(why));
  return placement;
}

}  // namespace

Placements place_tasks(Session& session, JobId job, Worklist& list, Transaction& tx) {
  const Cluster& cluster = session.cluster();
  Placements placements;
  std::set<Symbol> failed_roles;
  while (list.next < list.tasks.size()) {
    const TaskId task = list.tasks[list.next++];
    const auto placement = find(session, job, task);
    if (!placement) {
      failed_roles.insert(cluster.tasks()[task].role);
      if (may_still_succeed(cluster, job, failed_roles)) continue;
      break;
    }
    if (placement->now) {
      tx.allocate(task, placement->node);
    } else {
      tx.pipeline(task, placement->node);
    }
    placements.emplace_back(task, *placement);
    if (session.job_ready(job)) break;
  }
  return placements;
}

}  // namespace basalt
