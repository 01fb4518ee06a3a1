#include <algorithm>
#include <unordered_map>

#include "actions/advance_reservations.hpp"
#include "actions/builtin.hpp"
#include "actions/candidates.hpp"
#include "actions/domain_search.hpp"
#include "actions/queue_rounds.hpp"
#include "actions/reserved_room.hpp"
#include "actions/task_placing.hpp"
#include "actions/worklist.hpp"
#include "basalt/framework/fifo_lines.hpp"
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
    const std::vector<JobId> jobs = jobs_to_place(session_);
    for (const JobId job : jobs) find_reservation_again(session_, job);
    const FifoLines lines(session_);
    for (const JobId job : jobs) {
      if (cluster_.waiting_tasks(job) > 0) holders_.push_back(job);
      JobWork work = work_of(session_, job);
      if (work.is_empty()) continue;
      works_[job] = std::move(work);
      is_half_placed(session_, job) ? half_placed.push_back(job) : rounds.add(job);
    }
    // What a crash or a refused bind left half-placed is made whole before anything new.
    std::sort(half_placed.begin(), half_placed.end(),
              [&](JobId left, JobId right) { return session_.job_order(left, right) < 0; });
    for (const JobId job : half_placed) {
      if (place(job) && !works_[job].is_empty()) rounds.add(job);
    }
    while (const auto queue = rounds.next_queue()) {
      if (session_.overused(*queue)) {
        for (const JobId job : rounds.drop(*queue)) {
          if (!stands_behind(lines, job)) serve_beyond_share(job);
        }
        continue;
      }
      const JobId job = rounds.next_job(*queue);
      if (!stands_behind(lines, job) && place(job) && !works_[job].is_empty()) rounds.put_back(job);
      rounds.put_back(*queue);
    }
    advance_.reserve();
  }

 private:
  /// Whether the job has to wait for another in a first-in-first-out queue; then it waits, and says so.
  bool stands_behind(const FifoLines& lines, JobId job) {
    const JobId ahead = lines.ahead_of(job);
    if (!ahead) return false;
    WaitReport& report = session_.wait_report(job);
    report = WaitReport{};
    report.job_reason = FifoLines::sentence(cluster_, ahead);
    return true;
  }

  /// Places tasks until the job is ready: its minimum first, then one more each turn. Binds if
  /// it is ready, reserves if it will be once what is leaving has left, and otherwise leaves no
  /// trace. Whether the job may have another turn.
  bool place(JobId job) {
    if (!has_begun(works_[job])) session_.wait_report(job) = WaitReport{};
    if (try_place(job, {})) return true;
    const std::vector<TaskId> passable = reservations_behind(job);
    if (!passable.empty() && try_place(job, passable)) return true;
    if (take_reserved_room(session_, job)) {
      works_[job] = work_of(session_, job);
      return true;
    }
    if (place_before_others(job)) return true;
    give_up_what_is_not_enough(job);
    advance_.ask_for(job);
    return false;
  }

  /// Places the job on what others have reserved and will not need before it has ended.
  bool place_before_others(JobId job) {
    const std::vector<TaskId> later = reserved_for_later(session_, job, holders_);
    if (later.empty()) return false;
    JobWork& work = works_[job];
    const std::vector<std::size_t> begun = work.progress();
    Transaction tx = session_.begin();
    const std::vector<NodeId> reserved_on = take_away(cluster_, later, tx);
    release_own(job, work, tx);
    const Placements placements = find_places(job, work, tx);
    const bool is_placed =
        !placements.empty() && session_.job_ready(job) &&
        std::all_of(placements.begin(), placements.end(), [](const auto& placed) { return placed.second.now; });
    if (!is_placed) {
      work.go_back(begun);
      return false;
    }
    for (std::size_t i = 0; i < later.size(); ++i) tx.reserve_in_advance(later[i], reserved_on[i]);
    tx.commit();
    return true;
  }

  /// Reservations that no longer make the job whole (a node went, not all were found again after a
  /// restart), or in places that nothing goes to any more, would keep others waiting for nothing, and two such jobs
  /// each other for ever.
  void give_up_what_is_not_enough(JobId job) {
    if (cluster_.waiting_tasks(job) == 0 || session_.job_ready(job)) return;
    if (session_.job_pipelined(job) && can_become_binds(session_, job)) return;
    Transaction tx = session_.begin();
    for (const TaskId task : cluster_.jobs()[job].tasks) {
      if (cluster_.status(task) == TaskStatus::pipelined) tx.release(task);
    }
    tx.commit();
  }

  /// Takes away what the job itself has reserved, for it is to be placed anew. Not what this cycle has given to
  /// tasks before: they are as good as placed.
  void release_own(JobId job, const JobWork& work, Transaction& tx) {
    for (const Worklist& list : work.lists) {
      for (std::size_t i = list.next; i < list.tasks.size() && cluster_.waiting_tasks(job) > 0; ++i) {
        if (cluster_.status(list.tasks[i]) == TaskStatus::pipelined) tx.release(list.tasks[i]);
      }
    }
  }

  /// One try, after the reservations in `passed` have been taken away.
  bool try_place(JobId job, const std::vector<TaskId>& passed) {
    JobWork& work = works_[job];
    const std::vector<std::size_t> begun = work.progress();
    const bool has_places = session_.job_pipelined(job) && can_become_binds(session_, job);
    Transaction tx = session_.begin();
    for (const TaskId task : passed) tx.release(task);
    release_own(job, work, tx);
    const Transaction::Savepoint before = tx.savepoint();
    const Placements placements = find_places(job, work, tx);
    const bool is_bound_now = session_.job_ready(job) && std::any_of(placements.begin(), placements.end(),
                                                                     [](const auto& each) { return each.second.now; });
    if (!passed.empty() && has_places && !is_bound_now) {
      // Who has places that he waits for takes others' only to be bound now: else they would take turns for ever.
      work.go_back(begun);
      return false;
    }
    if (session_.job_ready(job)) {
      if (placements.empty() && cluster_.ready_tasks(job) == 0 && session_.is_late(job)) {
        // Content with nothing, and what it has reserved in advance stays reserved.
        work.go_back(begun);
        return false;
      }
      if (placements.empty()) work.give_up();
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
    work.go_back(begun);
    return false;
  }

  Placements find_places(JobId job, JobWork& work, Transaction& tx) {
    if (cluster_.jobs()[job].has_parts()) return place_in_domains(session_, job, work, tx);
    return place_tasks(session_, job, work.lists.front(), tx);
  }

  static bool has_begun(const JobWork& work) {
    return std::any_of(work.lists.begin(), work.lists.end(), [](const Worklist& list) { return list.next > 0; });
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
    advance_.ask_for(job);
    WaitReport& report = session_.wait_report(job);
    report = WaitReport{};
    report.job_reason = "queue \"" + cluster_.jobs()[job].queue_name + "\" has used its share";
  }

  Session& session_;
  const Cluster& cluster_;
  std::unordered_map<JobId, JobWork> works_;
  AdvanceReservations advance_{session_};
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
