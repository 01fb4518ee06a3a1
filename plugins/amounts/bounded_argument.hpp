#pragma once

#include <cstdint>
#include <string_view>

#include "basalt/framework/arguments.hpp"

namespace basalt {

/// The largest weight that a score or a kind of resource can be given: sums of weighed scores stay far from overflow.
inline constexpr std::int64_t kLargestWeight = 1'000'000;

/// The integer argument `key`, `fallback` where it is not stated. What is not within `least` to `most` is reported as
/// wrong, with the value and what was expected, and `fallback` is used.
[[nodiscard]] std::int64_t read_within(ArgumentReader& reader, std::string_view key, std::int64_t fallback,
                                       std::int64_t least, std::int64_t most = kLargestWeight);

/// A weight as Volcano's packing plugins read it: 1 where it is not stated, or is negative, which is noted. One above
/// `kLargestWeight` is reported as wrong.
[[nodiscard]] std::int64_t read_weight_or_one(ArgumentReader& reader, std::string_view key);

}  // namespace basalt
