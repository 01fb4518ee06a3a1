#include "basalt/framework/session.hpp"

// Who may be evicted, and who first.
namespace basalt {
namespace {

template <class Point, class Role>
bool has_policy(const Tiers<Point>& tiers, Role&& role) {
  return laws::anyone(tiers, [&](const Point& plugin) { return role(plugin) == VictimRole::policy; });
}

std::weak_ordering reversed(std::weak_ordering order) { return 0 <=> order; }

}  // namespace

std::vector<TaskId> Session::preemptable(TaskId evictor, std::span<const TaskId> candidates) const {
  const auto ask = [&](const Preemptable& plugin, std::span<const TaskId> asked) {
    return plugin.preemptable(evictor, asked);
  };
  if (configuration_.victims_fall_through) return laws::fall_through_victims(points<Preemptable>(), candidates, ask);
  return laws::protected_victims(points<Preemptable>(), candidates, ask,
                                 [](const Preemptable& plugin) { return plugin.preemptable_role(); });
}

std::vector<TaskId> Session::reclaimable(TaskId evictor, std::span<const TaskId> candidates) const {
  const auto ask = [&](const Reclaimable& plugin, std::span<const TaskId> asked) {
    return plugin.reclaimable(evictor, asked);
  };
  if (configuration_.victims_fall_through) return laws::fall_through_victims(points<Reclaimable>(), candidates, ask);
  return laws::protected_victims(points<Reclaimable>(), candidates, ask,
                                 [](const Reclaimable& plugin) { return plugin.reclaimable_role(); });
}

std::vector<TaskId> Session::unified_evictable(const EvictionContext& context,
                                               std::span<const TaskId> candidates) const {
  const auto ask = [&](const UnifiedEvictable& plugin, std::span<const TaskId> asked) {
    return plugin.unified_evictable(context, asked);
  };
  const auto& tiers = points<UnifiedEvictable>();
  if (configuration_.victims_fall_through) return laws::fall_through_victims(tiers, candidates, ask);
  return laws::protected_victims(tiers, candidates, ask,
                                 [](const UnifiedEvictable& plugin) { return plugin.unified_evictable_role(); });
}

VictimInputs Session::preemptable_inputs() const {
  VictimInputs inputs{};
  laws::tell_all(points<Preemptable>(), [&](const Preemptable& plugin) { inputs |= plugin.preemptable_inputs(); });
  return inputs;
}

VictimInputs Session::reclaimable_inputs() const {
  VictimInputs inputs{};
  laws::tell_all(points<Reclaimable>(), [&](const Reclaimable& plugin) { inputs |= plugin.reclaimable_inputs(); });
  return inputs;
}

bool Session::has_preempt_policy() const {
  return has_policy(points<Preemptable>(), [](const Preemptable& plugin) { return plugin.preemptable_role(); });
}

bool Session::has_reclaim_policy() const {
  return has_policy(points<Reclaimable>(), [](const Reclaimable& plugin) { return plugin.reclaimable_role(); });
}

std::vector<TaskId> Session::victim_tasks(const std::vector<TaskId>& running) const {
  return laws::first_tier_together(points<VictimTasks>(), running,
                                   [&](const VictimTasks& plugin) { return plugin.victim_tasks(running); });
}

std::weak_ordering Session::victim_queue_order(QueueId left, QueueId right, QueueId evictor) const {
  return laws::first_preference(
      points<VictimQueueOrder>(),
      [&](const VictimQueueOrder& plugin) { return plugin.victim_queue_order(left, right, evictor); },
      [&] { return reversed(queue_order(left, right)); });
}

std::weak_ordering Session::victim_order(QueueId evictor, TaskId left, TaskId right) const {
  const JobId left_job = cluster_.tasks()[left].job;
  const JobId right_job = cluster_.tasks()[right].job;
  if (left_job == right_job) return reversed(task_order(left, right));
  const QueueId left_queue = cluster_.jobs()[left_job].queue;
  const QueueId right_queue = cluster_.jobs()[right_job].queue;
  if (evictor && left_queue != right_queue) return victim_queue_order(left_queue, right_queue, evictor);
  // Without the fall-back to time: a younger job is no better a victim than a task that is.
  const std::weak_ordering jobs = laws::first_preference(
      points<JobOrder>(), [&](const JobOrder& plugin) { return plugin.job_order(left_job, right_job); },
      [] { return std::weak_ordering::equivalent; });
  return jobs != 0 ? reversed(jobs) : reversed(task_order(left, right));
}

}  // namespace basalt
