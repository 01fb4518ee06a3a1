#include "actions/task_placing.hpp"

#include <set>
#include <string>

#include "actions/candidates.hpp"
#include "actions/continuation.hpp"

namespace basalt {
namespace {

/// A node for the task, or a note of why there is none.
std::optional<Placement> find(Session& session, JobId job, TaskId task, HyperNodeId domain) {
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
  const auto placement = find_within(session, task, domain, why);
  if (!placement) session.wait_report(job).note(spec, std::move(why));
  return placement;
}

void put(TaskId task, const Placement& placement, Transaction& tx) {
  if (placement.now) {
    tx.allocate(task, placement.node);
  } else {
    tx.pipeline(task, placement.node);
  }
}

bool is_ready(const Session& session, JobId job, SubJobId part) {
  return part ? session.sub_job_ready(part) : session.job_ready(job);
}

}  // namespace

Placements place_tasks(Session& session, JobId job, Worklist& list, Transaction& tx) {
  return place_tasks(session, job, list, session.cluster().topology().root(), tx);
}

Placements place_tasks(Session& session, JobId job, Worklist& list, HyperNodeId domain, Transaction& tx) {
  const Cluster& cluster = session.cluster();
  Placements placements;
  std::set<Symbol> failed_roles;
  while (list.next < list.tasks.size()) {
    const TaskId task = list.tasks[list.next++];
    const auto placement = find(session, job, task, domain);
    if (!placement) {
      failed_roles.insert(cluster.tasks()[task].role);
      if (may_still_succeed(cluster, job, list.part, failed_roles)) continue;
      break;
    }
    put(task, *placement, tx);
    placements.emplace_back(task, *placement);
    if (is_ready(session, job, list.part)) break;
  }
  return placements;
}

void repeat(const Placements& placements, Transaction& tx) {
  for (const auto& [task, placement] : placements) put(task, placement, tx);
}

}  // namespace basalt
