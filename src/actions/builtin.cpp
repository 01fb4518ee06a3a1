#include "actions/builtin.hpp"

namespace basalt {

std::vector<ActionType> builtin_actions() {
  return {
      enqueue_action(), allocate_action(), backfill_action(),    preempt_action(),
      reclaim_action(), shuffle_action(),  gangpreempt_action(), gangreclaim_action(),
  };
}

}  // namespace basalt
