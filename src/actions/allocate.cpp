#include <algorithm>
#include <set>
#include <unordered_map>

#include "actions/builtin.hpp"
#include "actions/candidates.hpp"
#include "actions/queue_rounds.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// One run of the action: orders the jobs, and for each tries to place enough of its tasks.
class Allocation {
 public:
  explicit Allocation(Session& session) : session_(session), cluster_(session.cluster()) {}

  void run() {
    QueueRounds rounds(session_);
    for (const JobId job : jobs_to_place(session_)) {
      if (cluster_.waiting_tasks(job) > 0) holders_.push_back(job);
      std::vector<TaskId> tasks = waiting_tasks(session_, job, false);
      if (!session_.job_ready(job)) {
        // Best-effort tasks that the minimum needs are placed with the others, or not at all.
        const std::vector<TaskId> best_effort = waiting_tasks(session_, job, true);
        tasks.insert(tasks.end(), best_effort.begin(), best_effort.end());
      }
      if (tasks.empty()) continue;
      worklists_[job] = Worklist{std::move(tasks), 0};
      // What a crash or a refused bind left half-placed is made whole before anything new.
      if (cluster_.ready_tasks(job) > 0 && !session_.job_ready(job)) {
        place(job);
      } else {
        rounds.add(job);
      }
    }
    while (const auto queue = rounds.next_queue()) {
      if (session_.overused(*queue)) {
        for (const JobId job : rounds.drop(*queue)) serve_beyond_share(job);
        continue;
      }
      const JobId job = rounds.next_job(*queue);
      if (place(job) && worklists_[job].next < worklists_[job].tasks.size()) rounds.put_back(job);
      rounds.put_back(*queue);
    }
  }

 private:
  /// A job's waiting tasks, and how many have had their try.
  struct Worklist {
    std::vector<TaskId> tasks;
    std::size_t next = 0;
  };

  /// Where a pass put the tasks of a job.
  using Placements = std::vector<std::pair<TaskId, Placement>>;

  /// Places tasks until the job is ready: its minimum first, then one more each turn. Binds if
  /// it is ready, reserves if it will be once what is leaving has left, and otherwise leaves no
  /// trace. Whether the job may have another turn.
  bool place(JobId job) {
    if (worklists_[job].next == 0) session_.wait_report(job) = WaitReport{};
    if (try_place(job, {})) return true;
    const std::vector<TaskId> passable = reservations_behind(job);
    return !passable.empty() && try_place(job, passable);
  }

  /// One try, after the reservations in `passed` have been taken away.
  bool try_place(JobId job, const std::vector<TaskId>& passed) {
    Worklist& list = worklists_[job];
    const std::size_t first = list.next;
    Transaction tx = session_.begin();
    for (const TaskId task : passed) tx.release(task);
    for (const TaskId task : list.tasks) {
      if (cluster_.status(task) == TaskStatus::pipelined) tx.release(task);
    }
    const Transaction::Savepoint before = tx.savepoint();
    const Placements placements = place_tasks(job, list, tx);
    if (session_.job_ready(job)) {
      tx.commit();
      return true;
    }
    if (!placements.empty() && session_.job_pipelined(job)) {
      // Nothing may be bound yet: everything found is held, what is idle now included.
      tx.rollback(before);
      for (const auto& [task, placement] : placements) tx.pipeline(task, placement.node);
      tx.commit();
      return false;
    }
    list.next = first;
    return false;
  }

  Placements place_tasks(JobId job, Worklist& list, Transaction& tx) {
    Placements placements;
    std::set<Symbol> failed_roles;
    while (list.next < list.tasks.size()) {
      const TaskId task = list.tasks[list.next++];
      const auto placement = find(job, task);
      if (!placement) {
        failed_roles.insert(cluster_.tasks()[task].role);
        if (may_still_succeed(job, failed_roles)) continue;
        break;
      }
      if (placement->now) {
        tx.allocate(task, placement->node);
      } else {
        tx.pipeline(task, placement->node);
      }
      placements.emplace_back(task, *placement);
      if (session_.job_ready(job)) break;
    }
    return placements;
  }

  /// A node for the task, or a note of why there is none.
  std::optional<Placement> find(JobId job, TaskId task) {
    const SpecId spec = cluster_.tasks()[task].spec;
    std::string refusal;
    if (!session_.allocatable(cluster_.jobs()[job].queue, task, refusal)) {
      if (refusal.empty()) refusal = "queue \"" + cluster_.jobs()[job].queue_name + "\" has no room for it";
    } else {
      refusal = session_.pre_predicate(task);
    }
    if (!refusal.empty()) {
      session_.wait_report(job).note(spec, std::move(refusal));
      return std::nullopt;
    }
    FitSummary why;
    const auto placement = session_.find_placement(task, why);
    if (!placement) session_.wait_report(job).note(spec, std::move(why));
    return placement;
  }

  /// Whether the tasks that are left could still make the job ready after some found no place.
  /// Source: Volcano's NeedContinueAllocating, for jobs without sub-groups.
  [[nodiscard]] bool may_still_succeed(JobId id, const std::set<Symbol>& failed_roles) const {
    const Job& job = cluster_.jobs()[id];
    const auto minimum = static_cast<std::size_t>(std::max(job.min_member, 0));
    if (minimum == job.tasks.size()) return false;
    std::int64_t role_minimums = 0;
    for (const auto& [role, minimum_of_role] : job.min_task_member) role_minimums += minimum_of_role;
    if (job.min_member < role_minimums) {
      std::size_t possible = cluster_.ready_tasks(id);
      for (const TaskId task : job.tasks) {
        const bool waits = cluster_.status(task) == TaskStatus::pending;
        if (waits && !failed_roles.contains(cluster_.tasks()[task].role)) ++possible;
      }
      return possible >= minimum;
    }
    return std::none_of(job.min_task_member.begin(), job.min_task_member.end(), [&](const auto& role) {
      return role.second > 0 && failed_roles.contains(role.first) && placed_in_role(job, role.first) < role.second;
    });
  }

  [[nodiscard]] std::int64_t placed_in_role(const Job& job, Symbol role) const {
    return std::count_if(job.tasks.begin(), job.tasks.end(), [&](TaskId task) {
      const TaskStatus status = cluster_.status(task);
      return cluster_.tasks()[task].role == role && (is_allocated(status) || status == TaskStatus::succeeded);
    });
  }

  /// Reservations of jobs with a lower priority: a more important job does not wait for them.
  [[nodiscard]] std::vector<TaskId> reservations_behind(JobId job) const {
    std::vector<TaskId> tasks;
    for (const JobId holder : holders_) {
      if (cluster_.jobs()[holder].priority >= cluster_.jobs()[job].priority) continue;
      for (const TaskId task : cluster_.jobs()[holder].tasks) {
        if (cluster_.status(task) == TaskStatus::pipelined) tasks.push_back(task);
      }
    }
    return tasks;
  }

  /// A queue that has used its share gets no more, but what a job of it has reserved is part of
  /// what was used: such a job may still turn it into binds.
  void serve_beyond_share(JobId job) {
    if (cluster_.waiting_tasks(job) > 0) {
      place(job);
      return;
    }
    WaitReport& report = session_.wait_report(job);
    report = WaitReport{};
    report.job_reason = "queue \"" + cluster_.jobs()[job].queue_name + "\" has used its share";
  }

  Session& session_;
  const Cluster& cluster_;
  std::unordered_map<JobId, Worklist> worklists_;
  std::vector<JobId> holders_;  // jobs that came into the cycle with reservations
};

class Allocate final : public Action {
 public:
  void run(Session& session) const override { Allocation(session).run(); }
};

}  // namespace

ActionType allocate_action() {
  return ActionType{"allocate", [](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader("allocate", arguments, findings);
                      reader.without_effect("predicateErrorCacheEnable",
                                            "failures are remembered exactly, not by role");
                      reader.finish();
                      return std::make_unique<Allocate>();
                    }};
}

}  // namespace basalt
