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

/// Evicts less important tasks of a queue for its starving jobs, as few and as unimportant as will
/// do, and reserves their room. Volcano's arguments are accepted without effect.
ActionType preempt_action();
/// Evicts tasks of other queues for starving jobs of queues that have less than their share.
ActionType reclaim_action();
/// The same, asking every node about every task: they decide the same, slower. For tests.
ActionType preempt_action_by_brute_force();
ActionType reclaim_action_by_brute_force();
/// Evicts the running tasks that plugins name, whoever waits. No arguments.
ActionType shuffle_action();
/// Makes room for a whole starving job at once, from jobs of its queue, or of others: first what
/// they can do without, then whole jobs (`allowWholeBundle`, true). For a job with networkTopology or
/// sub-groups at most `maxDomains` (8) HyperNodes are tried.
ActionType gangpreempt_action();
ActionType gangreclaim_action();

/// All of them; one line an action.
std::vector<ActionType> builtin_actions();

}  // namespace basalt
