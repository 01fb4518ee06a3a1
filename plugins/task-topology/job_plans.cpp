#include "plugins/task-topology/job_plans.hpp"

#include <algorithm>
#include <utility>

#include "plugins/task-topology/planning.hpp"

namespace basalt {
namespace {

/// More would cost more than they could gain: each is one more look at all nodes.
constexpr std::size_t kMostFellows = 8;

bool is_placed(TaskStatus status) { return is_allocated(status) || status == TaskStatus::pipelined; }

}  // namespace

Resources room_on(const Cluster& cluster, NodeId node, bool counts_leaving) {
  Resources room = cluster.nodes()[node].allocatable - cluster.used(node);
  if (counts_leaving) room = room + cluster.releasing(node) - cluster.pipelined(node);
  return room;
}

const RoleAffinities* JobPlans::roles_of(JobId job) {
  const TaskTopology* topology = job ? stated_.of(job) : nullptr;
  if (topology == nullptr) return nullptr;
  auto& known = roles_[job];
  if (!known) known = std::make_unique<RoleAffinities>(*topology, cluster_, job);
  return known.get();
}

const JobPlan& JobPlans::for_task(TaskId task, std::span<const NodeId> candidates) {
  const JobId job = cluster_.tasks()[task].job;
  const JobPlan& plan = for_job(job);
  const auto bucket = plan.bucket_of.find(task);
  if (bucket == plan.bucket_of.end()) return plan;
  const NodeId node = plan.buckets[bucket->second].node;
  if (std::find(candidates.begin(), candidates.end(), node) != candidates.end()) return plan;
  restricted_ = make(job, task, candidates);
  return restricted_;
}

const JobPlan& JobPlans::for_job(JobId job) {
  Kept& kept = plans_[job];
  const std::uint64_t now = cluster_.node_moment();
  if (kept.moment == now) return kept.plan;
  if (!kept.moment || kept.used_by_others != used_by_others(kept.plan) || !holds(kept.plan)) {
    kept.plan = make(job, {}, {});
    kept.used_by_others = used_by_others(kept.plan);
  }
  kept.moment = now;
  return kept.plan;
}

/// Of all nodes, by whoever the plan is not for.
Resources JobPlans::used_by_others(const JobPlan& plan) const {
  Resources used = cluster_.total_used();
  for (const JobPlan::Entry& entry : plan.entries) {
    if (is_allocated(cluster_.status(entry.task))) used -= cluster_.spec(entry.task).request;
  }
  return used;
}

JobPlan JobPlans::make(JobId job, TaskId asked, std::span<const NodeId> candidates) {
  Planning planning(session_, asked, candidates);
  planning.add(job, *roles_of(job));
  std::uint64_t steps_left = kPlanSteps;
  const bool is_good = planning.find(steps_left);
  if (!planning.has_place_for_all()) planning.find_later();
  JobPlan plan = planning.first_plan();
  steps_left -= std::min(steps_left, planning.steps());
  for (const JobId fellow : is_good ? fellows_of(job) : std::vector<JobId>{}) {
    if (steps_left == 0) break;
    planning.add(fellow, *roles_of(fellow));
    const bool all_fit = planning.find(steps_left);
    steps_left -= std::min(steps_left, std::max<std::uint64_t>(planning.steps(), 1));
    if (all_fit) {
      plan = planning.first_plan();
    } else {
      planning.remove_last();
    }
  }
  return plan;
}

/// Other jobs that are planned with a job: the first of its queue that wait and may be placed in this cycle.
std::vector<JobId> JobPlans::fellows_of(JobId job) const {
  const Job& row = cluster_.jobs()[job];
  if (row.has_parts()) return {};
  std::vector<JobId> fellows;
  stated_.for_each([&](JobId other, const TaskTopology&) {
    const Job& fellow = cluster_.jobs()[other];
    const bool waits = cluster_.count(other, TaskStatus::pending) > 0 && cluster_.phase(other) != JobPhase::pending;
    if (other == job || fellow.queue != row.queue || fellow.has_parts() || !waits || !fellow.blockers.empty()) return;
    if (!session_.job_valid(other)) fellows.push_back(other);
  });
  std::sort(fellows.begin(), fellows.end(),
            [&](JobId left, JobId right) { return session_.job_order(left, right) < 0; });
  if (fellows.size() > kMostFellows) fellows.resize(kMostFellows);
  return fellows;
}

/// Whether everybody is, or can still go, where the plan says.
bool JobPlans::holds(const JobPlan& plan) const {
  std::unordered_map<std::uint32_t, std::pair<NodeId, Resources>> needed;  // by slot of the node
  for (const JobPlan::Entry& entry : plan.entries) {
    const TaskStatus status = cluster_.status(entry.task);
    if (is_placed(status)) {
      if (cluster_.node_of(entry.task) != entry.node) return false;
    } else if (!entry.waits || status != TaskStatus::pending) {
      return false;
    } else if (entry.node) {
      auto& need = needed[entry.node.slot()];
      need.first = entry.node;
      need.second += cluster_.spec(entry.task).request;
    }
  }
  return std::all_of(needed.begin(), needed.end(), [&](const auto& each) {
    const auto& [node, request] = each.second;
    return request.fits_in(room_on(cluster_, node, plan.counts_leaving));
  });
}

}  // namespace basalt
