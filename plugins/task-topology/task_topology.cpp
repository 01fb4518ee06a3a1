#include "plugins/task-topology/task_topology.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_set>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/bounded_argument.hpp"
#include "plugins/task-topology/bucket_scores.hpp"
#include "plugins/task-topology/job_plans.hpp"
#include "plugins/task-topology/role_affinities.hpp"
#include "plugins/task-topology/stated_topologies.hpp"

namespace basalt {
namespace {

constexpr std::string_view kCondition = "TaskTopology";

/// Nodes where a task is with those it belongs to, by the plan for its job. Depends on all that the plan depends on.
class BucketTerm final : public ScoreTerm {
 public:
  BucketTerm(const Cluster& cluster, const StatedTopologies& stated, JobPlans& plans, std::int64_t weight)
      : cluster_(cluster), stated_(stated), plans_(plans), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "task-topology"; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }

  /// Only what jobs with a task topology ask for.
  [[nodiscard]] bool applies(const Spec& spec) const override {
    if (stated_.is_empty()) return false;
    if (!specs_) {
      specs_.emplace();
      stated_.for_each([&](JobId job, const TaskTopology&) {
        for (const TaskId task : cluster_.jobs()[job].tasks) specs_->insert(&cluster_.spec(task));
      });
    }
    return specs_->contains(&spec);
  }

  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override {
    const RoleAffinities* roles = plans_.roles_of(task.task.job);
    if (roles == nullptr) return;
    const auto role = roles->number_of(task.task.role);
    if (!role || !roles->is_placed_by_affinity(*role)) return;
    score_by_bucket(cluster_, task.id, *roles, plans_.for_task(task.id, nodes), nodes, out);
  }

 private:
  const Cluster& cluster_;
  const StatedTopologies& stated_;
  JobPlans& plans_;  // makes plans when asked
  std::int64_t weight_;
  mutable std::optional<std::unordered_set<const Spec*>> specs_;  // found when first asked
};

class TaskTopologyPlugin final : public TaskOrder, public NodeOrder, public SessionReport {
 public:
  struct Args {
    std::int64_t weight = 1;

    static Args read(ArgumentReader& reader) { return {read_within(reader, "task-topology.weight", 1, 0)}; }
  };
  using Memory = StatedTopologies;

  TaskTopologyPlugin(const Args& args, Memory& stated, const Session& session)
      : cluster_(session.cluster()),
        stated_(caught_up(stated, session)),
        plans_(session, stated_),
        term_(cluster_, stated_, plans_, args.weight) {}

  std::weak_ordering task_order(TaskId left, TaskId right) const override {
    const JobId job = cluster_.tasks()[left].job;
    const RoleAffinities* roles = job == cluster_.tasks()[right].job ? plans_.roles_of(job) : nullptr;
    if (roles == nullptr) return std::weak_ordering::equivalent;
    const JobPlan& plan = plans_.for_job(job);
    return turn_of(left, *roles, plan) <=> turn_of(right, *roles, plan);
  }

  std::vector<const ScoreTerm*> score_terms() const override {
    if (term_.weight() == 0) return {};
    return {&term_};
  }

  /// Roles that no pod has: misspelt, or of pods that are still to come.
  void session_report(Reporter& reporter) const override {
    std::map<std::tuple<std::string, std::string>, JobId> in_order;
    stated_.for_each([&](JobId job, const TaskTopology&) {
      const Job& row = cluster_.jobs()[job];
      if (cluster_.count(job, TaskStatus::pending) > 0) in_order.emplace(std::tuple(row.namespace_name, row.name), job);
    });
    for (const auto& [name, job] : in_order) report(job, reporter);
  }

 private:
  static Memory& caught_up(Memory& stated, const Session& session) {
    stated.catch_up(session.cluster());
    return stated;
  }

  /// The lower, the earlier: tasks in buckets, the bucket with most waiting tasks first; in a bucket by the stated
  /// order, then by what is asked of the role. Tasks in none come after them, unless the stated order has their role
  /// before all roles of buckets.
  using Turn = std::tuple<int, std::int64_t, std::size_t, std::int64_t, int>;
  [[nodiscard]] Turn turn_of(TaskId task, const RoleAffinities& roles, const JobPlan& plan) const {
    const auto role = roles.number_of(cluster_.tasks()[task].role);
    if (!role) return {2, 0, 0, 0, 0};
    const auto order = -static_cast<std::int64_t>(roles.order(*role));
    const int priority = -roles.priority(*role);
    if (const auto found = plan.bucket_of.find(task); found != plan.bucket_of.end()) {
      const Bucket& bucket = plan.buckets[found->second];
      return {1, -static_cast<std::int64_t>(bucket.waiting.size()), found->second, order, priority};
    }
    const bool is_first = !roles.is_placed_by_affinity(*role) && roles.order(*role) > roles.highest_order();
    return {is_first ? 0 : 2, 0, 0, order, priority};
  }

  void report(JobId job, Reporter& reporter) const {
    const std::vector<std::string>& unknown = plans_.roles_of(job)->unknown();
    const auto& seen = cluster_.jobs()[job].observed.conditions;
    const bool was_told =
        std::any_of(seen.begin(), seen.end(), [](const ConditionText& each) { return each.type == kCondition; });
    if (unknown.empty()) {
      if (was_told) reporter.job_condition(job, kCondition, "InForce", "every role that is named has pods");
      return;
    }
    std::string names;
    for (const std::string& name : unknown) names += (names.empty() ? "\"" : ", \"") + name + "\"";
    reporter.job_condition(job, kCondition, "UnknownRole",
                           "no pod has the role " + names + ": what the annotations say of it has no effect yet");
  }

  const Cluster& cluster_;
  const StatedTopologies& stated_;
  mutable JobPlans plans_;  // made when somebody asks
  BucketTerm term_;
};

}  // namespace

PluginType task_topology() { return plugin_type<TaskTopologyPlugin>("task-topology"); }

}  // namespace basalt
