#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/framework/arguments.hpp"
#include "basalt/model/resources.hpp"
#include "plugins/amounts/fullness.hpp"

namespace basalt {

/// Weights of kinds of resources by name, as Volcano's binpacking plugins are configured:
/// `<prefix>.cpu`, `<prefix>.memory`, and for each name in the comma separated list
/// `<prefix>.resources`, `<prefix>.resources.<name>`. Each is 1 where it is not stated; what is
/// negative becomes 1, with a note.
using KindWeights = std::vector<std::pair<std::string, std::int64_t>>;
[[nodiscard]] KindWeights read_kind_weights(ArgumentReader& reader, std::string_view prefix);

/// Those that something in the cluster has or asks for: others have no number, and no effect.
[[nodiscard]] std::vector<WeighedKind> known_kinds(const KindWeights& weights, const ResourceSchema& schema);

}  // namespace basalt
