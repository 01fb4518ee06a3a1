#include "actions/builtin.hpp"
#include "actions/candidates.hpp"
#include "actions/queue_rounds.hpp"
#include "basalt/framework/fifo_lines.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

class Backfill final : public Action {
 public:
  void run(Session& session) const override {
    QueueRounds rounds(session);
    for (const JobId job : jobs_to_place(session)) {
      if (session.cluster().jobs()[job].has_parts()) continue;  // where its tasks may go is allocate's to find
      if (!waiting_tasks(session, job, true).empty()) rounds.add(job);
    }
    const FifoLines lines(session);
    while (const auto queue = rounds.next_queue()) {
      const JobId job = rounds.next_job(*queue);
      if (const JobId ahead = lines.ahead_of(job)) {
        session.wait_report(job).job_reason = FifoLines::sentence(session.cluster(), ahead);
      } else {
        place_best_effort(session, job);
      }
      rounds.put_back(*queue);
    }
  }

 private:
  static void place_best_effort(Session& session, JobId job) {
    for (const TaskId task : waiting_tasks(session, job, true)) {
      Transaction tx = session.begin();
      const SpecId spec = session.cluster().tasks()[task].spec;
      if (session.cluster().status(task) == TaskStatus::pipelined) tx.release(task);
      if (std::string refusal = session.pre_predicate(task); !refusal.empty()) {
        session.wait_report(job).note(spec, std::move(refusal));
        continue;
      }
      FitSummary why;
      const auto placement = session.find_placement(task, why);
      if (!placement || !placement->now) {
        if (placement) session.wait_report(job).note(spec, "a node has room once pods that are leaving have left");
        if (!why.empty()) session.wait_report(job).note(spec, std::move(why));
        continue;
      }
      if (const Fit fit = tx.allocate(task, placement->node); !fit) {
        why.add(fit.reason);
        session.wait_report(job).note(spec, std::move(why));
      } else if (session.job_ready(job)) {
        tx.commit();
      }
    }
  }
};

}  // namespace

ActionType backfill_action() {
  return ActionType{"backfill", [](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader("backfill", arguments, findings);
                      reader.without_effect("predicateErrorCacheEnable",
                                            "failures are remembered exactly, not by role");
                      reader.finish();
                      return std::make_unique<Backfill>();
                    }};
}

}  // namespace basalt
