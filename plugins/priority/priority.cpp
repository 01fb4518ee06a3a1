#include "plugins/priority/priority.hpp"

#include <algorithm>

#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

class Priority final : public TaskOrder,
                       public JobOrder,
                       public SubJobOrder,
                       public JobStarving,
                       public Preemptable,
                       public UnifiedEvictable {
 public:
  using Args = NoArguments;
  Priority(const Args&, const Session& session) : cluster_(session.cluster()) {}

  std::weak_ordering task_order(TaskId left, TaskId right) const override {
    return cluster_.tasks()[right].priority <=> cluster_.tasks()[left].priority;
  }

  std::weak_ordering job_order(JobId left, JobId right) const override {
    return cluster_.jobs()[right].priority <=> cluster_.jobs()[left].priority;
  }

  /// The part with the most important task first.
  std::weak_ordering sub_job_order(SubJobId left, SubJobId right) const override {
    return highest_priority(right) <=> highest_priority(left);
  }

  /// As long as any of its tasks has no place.
  bool job_starving(JobId job) const override {
    return std::size_t{cluster_.ready_tasks(job)} + cluster_.waiting_tasks(job) < cluster_.jobs()[job].tasks.size();
  }

  VictimInputs preemptable_inputs() const override { return {}; }

  /// Tasks of jobs of lower priority; in the evictor's own job, tasks of lower priority.
  std::optional<std::vector<TaskId>> preemptable(TaskId evictor, std::span<const TaskId> candidates) const override {
    std::vector<TaskId> victims;
    const Task& task = cluster_.tasks()[evictor];
    if (!task.job) return victims;
    for (const TaskId candidate : candidates) {
      const Task& other = cluster_.tasks()[candidate];
      if (!other.job) continue;
      const bool is_lower = other.job == task.job
                                ? other.priority < task.priority
                                : cluster_.jobs()[other.job].priority < cluster_.jobs()[task.job].priority;
      if (is_lower) victims.push_back(candidate);
    }
    return victims;
  }

  /// Within a queue, jobs of lower priority; between queues priorities do not count.
  std::optional<std::vector<TaskId>> unified_evictable(const EvictionContext& context,
                                                       std::span<const TaskId> candidates) const override {
    if (context.kind == EvictionContext::Kind::reclaim) return std::nullopt;
    std::vector<TaskId> victims;
    const std::int32_t priority = cluster_.jobs()[context.job].priority;
    for (const TaskId candidate : candidates) {
      const JobId other = cluster_.tasks()[candidate].job;
      if (other && cluster_.jobs()[other].priority < priority) victims.push_back(candidate);
    }
    return victims;
  }

 private:
  [[nodiscard]] std::int32_t highest_priority(SubJobId sub_job) const {
    std::int32_t highest = 0;
    for (const TaskId task : cluster_.sub_jobs()[sub_job].tasks) {
      highest = std::max(highest, cluster_.tasks()[task].priority);
    }
    return highest;
  }

  const Cluster& cluster_;
};

}  // namespace

PluginType priority() { return plugin_type<Priority>("priority"); }

}  // namespace basalt
