#include "plugins/gang/gang.hpp"

#include <algorithm>

#include "basalt/framework/session.hpp"
#include "plugins/gang/gang_victims.hpp"
#include "plugins/gang/role_minima.hpp"
#include "plugins/gang/sub_group_minima.hpp"
#include "plugins/gang/waiting_message.hpp"

namespace basalt {
namespace {

constexpr std::string_view kUnschedulable = "Unschedulable";
constexpr std::string_view kScheduled = "Scheduled";
constexpr std::string_view kNotEnoughResources = "NotEnoughResources";
constexpr std::string_view kReadyReason = "tasks in gang are ready to be scheduled";

class Gang final : public JobValid,
                   public JobOrder,
                   public SubJobOrder,
                   public JobReady,
                   public JobPipelined,
                   public SubJobReady,
                   public SubJobPipelined,
                   public JobStarving,
                   public Preemptable,
                   public Reclaimable,
                   public UnifiedEvictable,
                   public CouldHelp,
                   public SessionReport {
 public:
  using Args = NoArguments;
  Gang(const Args&, const Session& session) : cluster_(session.cluster()) {}

  std::optional<Objection> job_valid(JobId job) const override {
    if (!role_minima_met(cluster_, job, RoleStage::valid)) {
      return Objection{"NotEnoughPodsOfTask", "Not enough valid pods of each task for gang-scheduling"};
    }
    if (!sub_group_minima_met(cluster_, job, RoleStage::valid)) {
      return Objection{"NotEnoughTasks", "Not enough valid sub-groups for gang-scheduling"};
    }
    const std::int64_t valid = cluster_.valid_tasks(job);
    const std::int64_t minimum = cluster_.jobs()[job].min_member;
    if (valid >= minimum) return std::nullopt;
    return Objection{"NotEnoughTasks", "Not enough valid tasks for gang-scheduling, valid: " + std::to_string(valid) +
                                           ", min: " + std::to_string(minimum)};
  }

  /// What it objects to is in the job itself.
  bool could_help(JobId, const Changes&) const override { return false; }

  /// Those that still wait for their minimum go first.
  std::weak_ordering job_order(JobId left, JobId right) const override {
    return has_minimum(left) <=> has_minimum(right);
  }

  std::weak_ordering sub_job_order(SubJobId left, SubJobId right) const override {
    return sub_job_ready(left) <=> sub_job_ready(right);
  }

  bool sub_job_ready(SubJobId sub_job) const override { return sub_job_is_at(cluster_, sub_job, RoleStage::ready); }
  Vote sub_job_pipelined(SubJobId sub_job) const override {
    return sub_job_is_at(cluster_, sub_job, RoleStage::pipelined) ? Vote::permit : Vote::reject;
  }

  bool job_ready(JobId job) const override {
    return has_minimum(job) && role_minima_met(cluster_, job, RoleStage::ready);
  }

  /// Never abstains: a gang that is not complete is not kept, whatever later plugins think.
  Vote job_pipelined(JobId job) const override {
    const bool complete = !job_starving(job) && role_minima_met(cluster_, job, RoleStage::pipelined);
    return complete ? Vote::permit : Vote::reject;
  }

  bool job_starving(JobId job) const override {
    return std::int64_t{cluster_.ready_tasks(job)} + cluster_.waiting_tasks(job) < cluster_.jobs()[job].min_member ||
           !sub_group_minima_met(cluster_, job, RoleStage::pipelined);
  }

  VictimRole preemptable_role() const override { return VictimRole::protection; }
  VictimRole reclaimable_role() const override { return VictimRole::protection; }
  VictimRole unified_evictable_role() const override { return VictimRole::protection; }
  VictimInputs preemptable_inputs() const override { return {VictimInput::candidate_jobs}; }
  VictimInputs reclaimable_inputs() const override { return {VictimInput::candidate_jobs}; }
  std::optional<std::vector<TaskId>> preemptable(TaskId, std::span<const TaskId> candidates) const override {
    return surplus_tasks(cluster_, candidates);
  }
  std::optional<std::vector<TaskId>> reclaimable(TaskId, std::span<const TaskId> candidates) const override {
    return surplus_tasks(cluster_, candidates);
  }
  std::optional<std::vector<TaskId>> unified_evictable(const EvictionContext&,
                                                       std::span<const TaskId> candidates) const override {
    return whole_or_surplus_tasks(cluster_, candidates);
  }

  void session_report(Reporter& reporter) const override {
    for (const JobId job : reporter.session().jobs_in_view()) {
      if (!has_news(job)) continue;
      if (has_minimum(job)) {
        reporter.job_condition(job, kScheduled, std::string(kReadyReason), "");
      } else {
        reporter.job_condition(job, kUnschedulable, std::string(kNotEnoughResources),
                               waiting_message(reporter.session(), job));
      }
    }
  }

 private:
  /// Pending tasks give no credit, not even those that ask for nothing: they too can find no node.
  bool has_minimum(JobId job) const {
    return std::int64_t{cluster_.ready_tasks(job)} >= cluster_.jobs()[job].min_member &&
           sub_group_minima_met(cluster_, job, RoleStage::ready);
  }

  /// Pods on their way out still hold the gang's place, and nothing waits: as later Volcano
  /// releases do, such a gang is not called unschedulable.
  bool is_only_terminating(JobId job) const {
    return cluster_.count(job, TaskStatus::pending) == 0 && cluster_.count(job, TaskStatus::pipelined) == 0 &&
           std::int64_t{cluster_.ready_tasks(job)} + cluster_.count(job, TaskStatus::releasing) >=
               cluster_.jobs()[job].min_member;
  }

  static bool says_scheduled(const Job& job) {
    return std::any_of(job.observed.conditions.begin(), job.observed.conditions.end(), [](const auto& condition) {
      return condition.type == kScheduled && condition.status == "True" && condition.reason == kReadyReason;
    });
  }

  /// Whether there may be a condition to write.
  bool has_news(JobId id) const {
    const Job& job = cluster_.jobs()[id];
    if (job.implicit || job.tasks.empty()) return false;
    return has_minimum(id) ? !says_scheduled(job) : !is_only_terminating(id);
  }

  const Cluster& cluster_;
};

}  // namespace

PluginType gang() { return plugin_type<Gang>("gang"); }

}  // namespace basalt
