#include "actions/job_eviction.hpp"

#include <set>
#include <utility>
#include <vector>

#include "actions/domain_eviction.hpp"
#include "actions/needed_victims.hpp"
#include "actions/part_placing.hpp"
#include "actions/starving_jobs.hpp"

namespace basalt {
namespace {

/// Does again what was found and rolled back, without those who need not go.
void repeat_sparingly(Session& session, const EvictionSearch& search, JobId job,
                      const std::vector<std::pair<TaskId, MadePlace>>& made, Transaction& tx) {
  RoomPlan plan;
  for (const auto& [task, place] : made) {
    plan.places.emplace_back(task, place.node);
    plan.victims.insert(plan.victims.end(), place.victims.begin(), place.victims.end());
  }
  const std::size_t all = plan.victims.size();
  plan.victims = needed_victims(session, job, plan.places, plan.victims, search.asks_the_queue());
  if (plan.victims.size() < all) {
    carry_out(plan, search.reason(), tx);
    return;
  }
  for (const auto& [task, place] : made) {
    for (const TaskId victim : place.victims) tx.evict(victim, search.reason());
    tx.pipeline(task, place.node);
  }
}

/// Whether each task that waits is like one for which room was sought in vain, and nothing has changed since.
bool is_known_to_be_in_vain(const Cluster& cluster, const EvictionSearch& search, JobId job) {
  SpecId spec;
  std::int32_t priority = 0;
  for (const TaskId id : cluster.jobs()[job].tasks) {
    const Task& task = cluster.tasks()[id];
    if (cluster.status(id) != TaskStatus::pending || cluster.spec(id).gated) continue;
    if (task.spec == spec && task.priority == priority) continue;  // like the one before
    if (!search.knows_no_room_for(id)) return false;
    spec = task.spec;
    priority = task.priority;
  }
  return true;
}

}  // namespace

bool make_room_for_job(Session& session, EvictionSearch& search, JobId job,
                       const std::function<bool(TaskId)>& may_try) {
  const Cluster& cluster = session.cluster();
  if (needs_domains(cluster.jobs()[job])) {
    return make_room_in_domains(session, search, job, may_try);
  }
  const std::vector<TaskId> promises = empty_promises(cluster, job);
  if (promises.empty() && is_known_to_be_in_vain(cluster, search, job)) return false;
  Transaction tx = session.begin();
  for (const TaskId task : promises) tx.release(task);
  const Transaction::Savepoint before = tx.savepoint();
  std::vector<std::pair<TaskId, MadePlace>> made;
  std::set<std::pair<std::uint32_t, std::int32_t>> hopeless;  // spec and priority, since the last success
  for (const TaskId task : tasks_that_may_evict(session, job)) {
    if (!session.job_starving(job)) break;
    const std::pair<std::uint32_t, std::int32_t> like{cluster.tasks()[task].spec.slot(),
                                                      cluster.tasks()[task].priority};
    if (hopeless.contains(like) || !may_try(task)) continue;
    if (auto place = search.make_room(task, cluster.nodes_in_order(), tx)) {
      made.emplace_back(task, std::move(*place));
      hopeless.clear();
    } else {
      hopeless.insert(like);
    }
  }
  if (made.empty() || !session.job_pipelined(job)) return false;
  if (made.size() > 1) {
    tx.rollback(before);
    repeat_sparingly(session, search, job, made, tx);
  }
  tx.commit();
  return true;
}

std::string why_no_room(const Session& session, EvictionSearch& search, JobId job) {
  const std::vector<TaskId> tasks = tasks_that_may_evict(session, job);
  if (tasks.empty()) return "none of its pods may evict others";
  const std::size_t offers = search.count_offers(tasks.front());
  if (offers == 0) return "nobody may be evicted for it";
  return "evicting all " + std::to_string(offers) + " pod(s) that may go would not make enough room where it may be";
}

}  // namespace basalt
