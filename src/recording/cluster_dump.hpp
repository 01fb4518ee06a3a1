#pragma once

#include <string>

#include "state/checkpoint.hpp"

namespace basalt {

/// A state in the text format of scenarios (cluster_text.hpp), for people and as the beginning of a test: what the
/// format has no words for is left out, and placements that are assumed or reserved stand in comments.
[[nodiscard]] std::string print_cluster(const Checkpoint& checkpoint);

}  // namespace basalt
