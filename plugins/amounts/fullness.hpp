#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basalt/framework/terms.hpp"
#include "basalt/model/resources.hpp"

namespace basalt {

/// How much a kind of resource counts. Neither is negative, weights are at most 10^6.
struct WeighedKind {
  Dimension kind = 0;
  std::int64_t weight = 1;
};

/// Parts of a capacity are kept in units of 1/kWholePart.
inline constexpr double kWholePart = 0x1p40;

/// What part of the capacity (above 0) an amount is, rounded down: one correctly rounded division
/// and an exact scaling, the same on every machine.
[[nodiscard]] inline std::int64_t part_of(std::int64_t amount, std::int64_t capacity) {
  return static_cast<std::int64_t>(static_cast<double>(amount) / static_cast<double>(capacity) * kWholePart);
}

[[nodiscard]] std::int64_t sum_of_weights(std::span<const WeighedKind> kinds);

/// How full something is with `added` on top of what is used:
///
///     100 * weight * sum(w * (used + added) / allocatable) / weights
///
/// points; 0 if it would hold more of a weighed kind than there is. A kind there is none of adds
/// nothing to the sum. Rounded down to a `Score` unit; each kind's part of the sum is rounded down
/// to 2^-40 before. REQUIRES: `weights` is the sum of the kinds' weights, and above 0.
[[nodiscard]] Score fullness(std::int64_t weight, std::span<const WeighedKind> kinds, std::int64_t weights,
                             const Resources& added, const Resources& used, const Resources& allocatable);

}  // namespace basalt
