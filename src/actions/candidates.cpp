#include "actions/candidates.hpp"

#include <algorithm>

#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

struct Refusal {
  std::string why;
  bool is_its_own_fault = false;  ///< stands until the job changes
};

/// Why a job is not looked at; empty: it is.
Refusal why_not(Session& session, JobId id) {
  const Cluster& cluster = session.cluster();
  const Job& job = cluster.jobs()[id];
  if (!job.blockers.empty()) return {job.blockers.front(), true};
  if (!job.queue) return {"queue \"" + job.queue_name + "\" not found", true};
  if (cluster.phase(id) == JobPhase::pending) {
    if (session.configuration().has_action("enqueue")) return {"not enqueued yet"};
    session.admit(id);
  }
  if (const auto objection = session.job_valid(id)) return {objection->message, true};
  if (has_binding_topology(job)) {
    if (!session.has_hyper_node_gradient()) {
      return {"networkTopology is hard, and no configured plugin evaluates it (network-topology-aware does)"};
    }
    return {unresolved_topology(cluster, id)};
  }
  return {};
}

}  // namespace

std::vector<JobId> jobs_to_place(Session& session) {
  std::vector<JobId> jobs;
  for (const JobId job : session.jobs_in_view()) {
    if (session.cluster().jobs()[job].tasks.empty()) continue;
    const Refusal refusal = why_not(session, job);
    if (refusal.why.empty()) {
      jobs.push_back(job);
      continue;
    }
    WaitReport& report = session.wait_report(job);
    if (!report.job_reason.empty()) continue;
    report.job_reason = refusal.why;
    report.is_its_own_fault = refusal.is_its_own_fault;
  }
  return jobs;
}

std::vector<TaskId> waiting_tasks(const Session& session, JobId job, bool best_effort) {
  const Cluster& cluster = session.cluster();
  std::vector<TaskId> tasks;
  for (const TaskId task : cluster.jobs()[job].tasks) {
    const TaskStatus status = cluster.status(task);
    if (status != TaskStatus::pending && status != TaskStatus::pipelined) continue;
    const Spec& spec = cluster.spec(task);
    if (!spec.gated && spec.is_best_effort() == best_effort) tasks.push_back(task);
  }
  const auto preferred = [&](TaskId left, TaskId right) { return session.task_preference(left, right) < 0; };
  if (!std::is_sorted(tasks.begin(), tasks.end(), preferred)) std::stable_sort(tasks.begin(), tasks.end(), preferred);
  return tasks;
}

std::vector<NodeId> nodes_within(const Cluster& cluster, HyperNodeId domain) {
  const Topology& topology = cluster.topology();
  const std::span<const NodeId> nodes = domain == topology.root() ? cluster.nodes_in_order() : topology.nodes(domain);
  return {nodes.begin(), nodes.end()};
}

std::optional<Placement> find_within(const Session& session, TaskId task, HyperNodeId domain, FitSummary& why) {
  const Topology& topology = session.cluster().topology();
  if (domain == topology.root()) return session.find_placement(task, why);
  return session.find_placement(task, topology.nodes(domain), why);
}

}  // namespace basalt
