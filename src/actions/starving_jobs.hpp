#pragma once

#include <string>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Why no task may be evicted for a job, as a sentence; empty: tasks may. It must be in, whole
/// enough, and starve with pending tasks or hold empty promises; nothing may be leaving for it already;
/// and its networkTopology must be one that can be kept. A job that holds a reservation on
/// a node that something is leaving waits for that, however long it takes: else it would evict
/// more each cycle until the first victim is gone.
std::string why_nobody_goes_for(const Session& session, JobId job);

/// The jobs for which tasks may be evicted, in job order: nobody is ahead of them in a first-in-first-out
/// queue.
std::vector<JobId> starving_jobs(const Session& session);

/// Tasks of a job whose reservation cannot come true, since nobody who was to leave does: an
/// eviction was refused, or a node shrank.
std::vector<TaskId> empty_promises(const Cluster& cluster, JobId job);

/// Pending tasks of a job, in task order, that may evict: without scheduling gates, with a
/// preemption policy that allows it, and not refused whatever the node.
std::vector<TaskId> tasks_that_may_evict(const Session& session, JobId job);

}  // namespace basalt
