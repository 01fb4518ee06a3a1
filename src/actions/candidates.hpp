#pragma once

#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// The jobs that an action that places tasks looks at, in the order of `comes_before`: those that are in, whole
/// enough, and in a queue that exists. Of the others, notes why they wait. Where enqueue is
/// not configured, pending jobs are let in on the way.
std::vector<JobId> jobs_to_place(Session& session);

/// Tasks of a job that wait for a place, in task order: pending or holding a reservation,
/// without scheduling gates. `best_effort` chooses between those that ask for nothing and the
/// rest.
std::vector<TaskId> waiting_tasks(const Session& session, JobId job, bool best_effort);

/// The nodes of a domain, which may be all, in rank order.
std::vector<NodeId> nodes_within(const Cluster& cluster, HyperNodeId domain);

/// A node for the task in a domain, which may be all nodes. See `Session::find_placement`.
std::optional<Placement> find_within(const Session& session, TaskId task, HyperNodeId domain, FitSummary& why);

}  // namespace basalt
