#pragma once

#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// The jobs for which tasks may be evicted, in job order: they are in, whole enough, and starve with
/// pending tasks or hold empty promises; nothing is leaving for them already; nobody is ahead of them in a
/// first-in-first-out queue; and they have neither sub-groups nor a hard networkTopology. A job that holds a
/// reservation on a node that something is leaving waits for that, however long it takes: else it would evict more each
/// cycle until the first victim is gone.
std::vector<JobId> starving_jobs(const Session& session);

/// Tasks of a job whose reservation cannot come true, since nobody who was to leave does: an
/// eviction was refused, or a node shrank.
std::vector<TaskId> empty_promises(const Cluster& cluster, JobId job);

/// Pending tasks of a job, in task order, that may evict: without scheduling gates, with a
/// preemption policy that allows it, and not refused whatever the node.
std::vector<TaskId> tasks_that_may_evict(const Session& session, JobId job);

}  // namespace basalt
