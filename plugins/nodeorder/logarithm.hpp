#pragma once

#include <cstdint>

namespace basalt {

/// One, in the fixed-point numbers below.
inline constexpr std::int64_t kFixedOne = std::int64_t{1} << 32;

/// The natural logarithm as a fixed-point number with 32 binary digits after the point, computed
/// in integers: the same on every machine. Off by less than 2^-31. REQUIRES: `number` > 0.
[[nodiscard]] std::int64_t natural_logarithm(std::uint64_t number);

}  // namespace basalt
