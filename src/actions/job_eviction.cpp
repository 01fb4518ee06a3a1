#include "actions/job_eviction.hpp"

#include <set>
#include <utility>

#include "actions/starving_jobs.hpp"

namespace basalt {

void make_room_for_job(Session& session, EvictionSearch& search, JobId job,
                       const std::function<bool(TaskId)>& may_try) {
  const Cluster& cluster = session.cluster();
  Transaction tx = session.begin();
  for (const TaskId task : empty_promises(cluster, job)) tx.release(task);
  bool found = false;
  std::set<std::pair<std::uint32_t, std::int32_t>> hopeless;  // spec and priority, since the last success
  for (const TaskId task : tasks_that_may_evict(session, job)) {
    if (!session.job_starving(job)) break;
    const std::pair<std::uint32_t, std::int32_t> like{cluster.tasks()[task].spec.slot(),
                                                      cluster.tasks()[task].priority};
    if (hopeless.contains(like) || !may_try(task)) continue;
    if (search.make_room(task, cluster.nodes_in_order(), tx)) {
      found = true;
      hopeless.clear();
    } else {
      hopeless.insert(like);
    }
  }
  if (found && session.job_pipelined(job)) tx.commit();
}

}  // namespace basalt
