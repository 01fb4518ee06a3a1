#pragma once

#include <vector>

#include "basalt/framework/action.hpp"

namespace basalt {

/// Lets pending jobs in, as far as the cluster and their queues have room for what they
/// state as their minimum. No arguments.
ActionType enqueue_action();
/// Places the tasks of jobs that are in, gang by gang: a job's tasks are bound when enough of
/// them fit, and otherwise none is. Accepts `predicateErrorCacheEnable` without effect.
ActionType allocate_action();
/// Places tasks that ask for no resources wherever filters let them. Accepts
/// `predicateErrorCacheEnable` without effect.
ActionType backfill_action();

/// All of them; one line an action.
std::vector<ActionType> builtin_actions();

}  // namespace basalt
