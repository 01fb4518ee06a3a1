#include <algorithm>
#include <span>

#include "actions/builtin.hpp"
#include "actions/eviction_search.hpp"
#include "actions/job_eviction.hpp"
#include "actions/queue_rounds.hpp"
#include "actions/starving_jobs.hpp"
#include "actions/victim_lists.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// Queues take turns, one job each: what a job takes back counts before the next queue is chosen.
class Reclaim final : public Action {
 public:
  explicit Reclaim(Remember remember) : remember_(remember) {}

  [[nodiscard]] bool evicts() const override { return true; }
  void run(Session& session) const override {
    VictimLists lists(session, EvictionKind::across_queues);
    EvictionSearch search(session, EvictionKind::across_queues, lists, remember_, "reclaim");
    QueueRounds rounds(session);
    for (const JobId job : starving_jobs(session)) rounds.add(job);
    while (const auto queue = rounds.next_queue()) {
      if (session.overused(*queue)) {
        static_cast<void>(rounds.drop(*queue));
        continue;
      }
      make_room_for_job(session, search, rounds.next_job(*queue),
                        [&](TaskId task) { return session.preemptive(*queue, std::span(&task, 1)); });
      rounds.put_back(*queue);
    }
  }
  [[nodiscard]] std::string make_room_for(Session& session, JobId job) const override {
    if (std::string why = why_nobody_goes_for(session, job); !why.empty()) return why;
    const QueueId queue = session.cluster().jobs()[job].queue;
    if (session.overused(queue)) return "its queue has all it deserves";
    const auto may_try = [&](TaskId task) { return session.preemptive(queue, std::span(&task, 1)); };
    VictimLists lists(session, EvictionKind::across_queues);
    EvictionSearch search(session, EvictionKind::across_queues, lists, remember_, "reclaim");
    if (make_room_for_job(session, search, job, may_try)) return {};
    const std::vector<TaskId> tasks = tasks_that_may_evict(session, job);
    const bool is_within_share = std::any_of(tasks.begin(), tasks.end(), may_try);
    return is_within_share ? why_no_room(session, search, job) : "its queue would have more than it deserves";
  }

 private:
  Remember remember_;
};

ActionType make_reclaim(Remember remember) {
  return ActionType{"reclaim", [remember](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader("reclaim", arguments, findings);
                      reader.without_effect("predicateErrorCacheEnable",
                                            "failures are remembered exactly, not by role");
                      reader.finish();
                      return std::make_unique<Reclaim>(remember);
                    }};
}

}  // namespace

ActionType reclaim_action() { return make_reclaim(Remember::yes); }
ActionType reclaim_action_by_brute_force() { return make_reclaim(Remember::no); }

}  // namespace basalt
