#include "actions/builtin.hpp"

namespace basalt {

std::vector<ActionType> builtin_actions() {
  return {
      enqueue_action(),
      allocate_action(),
      backfill_action(),
  };
}

}  // namespace basalt
