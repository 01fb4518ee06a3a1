#pragma once

#include <span>
#include <string>
#include <string_view>

namespace basalt {

/// The one of `known` that `name` was probably meant to be: the fewest letters added, left out, replaced or swapped
/// with a neighbour, whatever their case, and no more than a third of the name. Empty when none is that near; of
/// several the first.
[[nodiscard]] std::string_view find_near_miss(std::string_view name, std::span<const std::string_view> known);

/// " (did you mean 'binpack'?)", or nothing: the end of a message about an unknown name.
[[nodiscard]] std::string suggestion(std::string_view name, std::span<const std::string_view> known);

}  // namespace basalt
