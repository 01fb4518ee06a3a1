#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/framework/terms.hpp"

namespace basalt {

/// The terms of an open session, in the order in which they are asked.
struct TermsInForce {
  std::vector<const FilterTerm*> filters;
  std::vector<const ScoreTerm*> scorers;
};

/// Whether an answer depends on the spec and the node alone, so that it stands until the node
/// changes, for every task of the spec.
[[nodiscard]] inline bool is_local(const Inputs& inputs) {
  return inputs.within({Input::spec, Input::node_row, Input::node_capacity, Input::node_usage, Input::tasks_on_node});
}

/// Whether it stands whatever is placed on the node.
[[nodiscard]] inline bool is_fixed(const Inputs& inputs) {
  return inputs.within({Input::spec, Input::node_row, Input::node_capacity});
}

/// Whether it is the same for all nodes that are alike.
[[nodiscard]] inline bool reads_amounts_alone(const Inputs& inputs) {
  return inputs.within({Input::spec, Input::node_capacity, Input::node_usage});
}

}  // namespace basalt
