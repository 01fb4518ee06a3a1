#include <algorithm>
#include <unordered_map>

#include "actions/builtin.hpp"
#include "actions/candidates.hpp"
#include "actions/queue_rounds.hpp"
#include "actions/task_placing.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// One run of the action: orders the jobs, and for each tries to place enough of its tasks.
class Allocation {
 public:
  explicit Allocation(Session& session) : session_(session), cluster_(session.cluster()) {}

  void run() {
    QueueRounds rounds(session_);
    std::vector<JobId> half_placed;
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
      const bool is_half_placed = cluster_.ready_tasks(job) > 0 && !session_.job_ready(job);
      is_half_placed ? half_placed.push_back(job) : rounds.add(job);
    }
    // What a crash or a refused bind left half-placed is made whole before anything new.
    std::sort(half_placed.begin(), half_placed.end(),
              [&](JobId left, JobId right) { return session_.job_order(left, right) < 0; });
    for (const JobId job : half_placed) place(job);
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
    // Not those that this cycle has given to tasks before: they are as good as placed.
    for (std::size_t i = first; i < list.tasks.size() && cluster_.waiting_tasks(job) > 0; ++i) {
      if (cluster_.status(list.tasks[i]) == TaskStatus::pipelined) tx.release(list.tasks[i]);
    }
    const Transaction::Savepoint before = tx.savepoint();
    const Placements placements = place_tasks(session_, job, list, tx);
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
