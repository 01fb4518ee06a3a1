#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "actions/worklist.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Where a pass put tasks, in the order in which it placed them.
using Placements = std::vector<std::pair<TaskId, Placement>>;

/// Places the tasks of a list one after another, until the job (or the part) is ready, the list is
/// at its end, or what is left could not make it ready any more: its minimum first, then one more
/// each pass. Tasks that fit now are allocated in `tx`, those that will fit later are pipelined.
/// Advances `list.next`. Why tasks found no node is noted in the job's wait report.
Placements place_tasks(Session& session, JobId job, Worklist& list, Transaction& tx);
/// The same on the nodes of one domain.
Placements place_tasks(Session& session, JobId job, Worklist& list, HyperNodeId domain, Transaction& tx);

/// Puts a task on a node of the caller's choice, to be bound if it has room now, else with a reservation. Nothing: the
/// queue, the node or a plugin refuses, and nothing has changed.
[[nodiscard]] std::optional<Placement> place_on(Session& session, JobId job, TaskId task, NodeId node, Transaction& tx);

/// Does again what was found and rolled back. REQUIRES: nothing has changed since.
void repeat(const Placements& placements, Transaction& tx);

}  // namespace basalt
