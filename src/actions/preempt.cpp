#include <algorithm>
#include <vector>

#include "actions/builtin.hpp"
#include "actions/domain_eviction.hpp"
#include "actions/eviction_search.hpp"
#include "actions/job_eviction.hpp"
#include "actions/starving_jobs.hpp"
#include "actions/victim_lists.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// The starving jobs of one queue, in job order.
struct StarvingQueue {
  QueueId queue;
  std::vector<JobId> jobs;
};

std::vector<StarvingQueue> starving_queues(const Session& session) {
  std::vector<StarvingQueue> queues;
  for (const JobId job : starving_jobs(session)) {
    const QueueId queue = session.cluster().jobs()[job].queue;
    auto known = std::find_if(queues.begin(), queues.end(), [&](const auto& each) { return each.queue == queue; });
    if (known == queues.end()) known = queues.insert(queues.end(), StarvingQueue{queue, {}});
    known->jobs.push_back(job);
  }
  std::sort(queues.begin(), queues.end(), [&](const StarvingQueue& left, const StarvingQueue& right) {
    return session.queue_order(left.queue, right.queue) < 0;
  });
  return queues;
}

class Preempt final : public Action {
 public:
  explicit Preempt(Remember remember) : remember_(remember) {}

  [[nodiscard]] bool evicts() const override { return true; }
  void run(Session& session) const override {
    VictimLists lists(session, EvictionKind::between_jobs);
    EvictionSearch between(session, EvictionKind::between_jobs, lists, remember_, "preempt");
    EvictionSearch within(session, EvictionKind::within_job, lists, remember_, "preempt");
    for (const StarvingQueue& queue : starving_queues(session)) {
      for (const JobId job : queue.jobs) make_room_for_job(session, between, job, [](TaskId) { return true; });
      for (const JobId job : queue.jobs) swap_within(session, within, job);
    }
  }
  [[nodiscard]] std::string make_room_for(Session& session, JobId job) const override {
    if (std::string why = why_nobody_goes_for(session, job); !why.empty()) return why;
    VictimLists lists(session, EvictionKind::between_jobs);
    EvictionSearch between(session, EvictionKind::between_jobs, lists, remember_, "preempt");
    if (make_room_for_job(session, between, job, [](TaskId) { return true; })) return {};
    return why_no_room(session, between, job);
  }

 private:
  /// More important tasks of a job for less important ones, one by one: each must leave the job
  /// as complete as a job must be to hold anything.
  static void swap_within(Session& session, EvictionSearch& search, JobId job) {
    if (needs_domains(session.cluster().jobs()[job])) return;  // a task's place is one in a HyperNode, among its part
    if (!could_swap(session.cluster(), job)) return;
    for (const TaskId task : tasks_that_may_evict(session, job)) {
      Transaction tx = session.begin();
      if (!search.make_room(task, session.cluster().nodes_in_order(), tx) || !session.job_pipelined(job)) return;
      tx.commit();
    }
  }

  /// Whether a task that has a place is less important than one that has none.
  static bool could_swap(const Cluster& cluster, JobId job) {
    std::optional<std::int32_t> lowest;
    std::optional<std::int32_t> highest;
    for (const TaskId task : cluster.jobs()[job].tasks) {
      const std::int32_t priority = cluster.tasks()[task].priority;
      const TaskStatus status = cluster.status(task);
      if (status == TaskStatus::pending) highest = std::max(highest.value_or(priority), priority);
      if (status == TaskStatus::running || status == TaskStatus::bound) {
        lowest = std::min(lowest.value_or(priority), priority);
      }
    }
    return lowest && highest && *lowest < *highest;
  }

  Remember remember_;
};

ActionType make_preempt(Remember remember) {
  return ActionType{"preempt", [remember](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader("preempt", arguments, findings);
                      reader.without_effect("predicateErrorCacheEnable",
                                            "failures are remembered exactly, not by role");
                      reader.without_effect("enableTopologyAwarePreemption",
                                            "all filters are always asked again without the victims");
                      reader.without_effect("topologyAwarePreemptWorkerNum", "one thread decides");
                      for (const char* key :
                           {"minCandidateNodesPercentage", "minCandidateNodesAbsolute", "maxCandidateNodesAbsolute"}) {
                        reader.without_effect(key, "all nodes are candidates");
                      }
                      reader.finish();
                      return std::make_unique<Preempt>(remember);
                    }};
}

}  // namespace

ActionType preempt_action() { return make_preempt(Remember::yes); }
ActionType preempt_action_by_brute_force() { return make_preempt(Remember::no); }

}  // namespace basalt
