#include <unordered_map>

#include "actions/builtin.hpp"
#include "actions/queue_rounds.hpp"
#include "basalt/framework/fifo_lines.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// Every pending job is tried once a cycle; one that is refused does not hold up those behind
/// it, unless its queue is first-in-first-out. A job that states no minimum comes in without being asked for.
class EnqueueAction final : public Action {
 public:
  void run(Session& session) const override {
    const Cluster& cluster = session.cluster();
    QueueRounds rounds(session);
    for (const JobId id : session.jobs_in_view()) {
      const Job& job = cluster.jobs()[id];
      if (cluster.phase(id) == JobPhase::pending && job.queue && job.blockers.empty()) rounds.add(id);
    }
    std::unordered_map<QueueId, JobId> refused_of;  // of first-in-first-out queues
    while (const auto queue = rounds.next_queue()) {
      const JobId job = rounds.next_job(*queue);
      const auto refused = refused_of.find(*queue);
      std::string why;
      if (refused != refused_of.end()) {
        session.wait_report(job).job_reason = "not enqueued: " + FifoLines::sentence(cluster, refused->second);
      } else if (!cluster.jobs()[job].min_resources || session.job_enqueueable(job, why)) {
        session.enqueue(job);
      } else {
        session.wait_report(job).job_reason =
            why.empty() ? "not enqueued: refused by a plugin" : "not enqueued: " + why;
        if (cluster.queues()[*queue].fifo) refused_of.emplace(*queue, job);
      }
      rounds.put_back(*queue);
    }
  }
};

}  // namespace

ActionType enqueue_action() {
  return ActionType{"enqueue", [](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader("enqueue", arguments, findings).finish();
                      return std::make_unique<EnqueueAction>();
                    }};
}

}  // namespace basalt
