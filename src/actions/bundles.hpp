#pragma once

#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Tasks of one job that go together.
struct Bundle {
  JobId job;
  /// What the job can do without, each task for itself; or the rest of it, all or none.
  bool whole = false;
  std::vector<TaskId> tasks;  ///< in the order in which they would go
};

/// What may be evicted for a whole job, in the order in which it would go: what jobs can do
/// without before what breaks them, then the job that would be served last (or the queue, when
/// it is about other queues). The rest of a job comes after what it can do without.
///
/// A job's minimum and those of its roles are what it cannot do without; a job that is below its
/// minimum has nothing to lose. Jobs marked as not preemptable give nothing, nor, within a queue,
/// do jobs that are not less important. Plugins are asked once about all (`unified_evictable`);
/// of what they refuse in the rest of a job, all of it stays. It is about room in `domain`: what jobs
/// can do without is taken there only, and of jobs that have nothing there nothing; the rest of a job
/// is all of it, wherever it is. Source: Volcano's gangpreempt and gangreclaim.
std::vector<Bundle> bundles_for(const Session& session, const EvictionContext& context, HyperNodeId domain,
                                bool allow_whole);

}  // namespace basalt
