#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// A job's waiting tasks, and how many have had their try.
struct Worklist {
  std::vector<TaskId> tasks;
  std::size_t next = 0;
};

/// Where a pass put tasks, in the order in which it placed them.
using Placements = std::vector<std::pair<TaskId, Placement>>;

/// Places the tasks of a list one after another, until the job is ready, the list is at its end,
/// or what is left could not make the job ready any more: its minimum first, then one more each
/// pass. Tasks that fit now are allocated in `tx`, those that will fit later are pipelined.
/// Advances `list.next`. Why tasks found no node is noted in the job's wait report.
Placements place_tasks(Session& session, JobId job, Worklist& list, Transaction& tx);

}  // namespace basalt
