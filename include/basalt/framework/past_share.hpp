#pragma once

#include <chrono>
#include <cstdint>

#include "basalt/model/resources.hpp"
#include "basalt/model/rows.hpp"

/// The arithmetic of shares that fade with time, in integers: the same on every machine.
namespace basalt {

/// What is left of one whole, in units of 2^-40, after `elapsed` (not negative) when half of it goes every `half_life`
/// (above zero): 2^-(elapsed / half_life), with an error below 2^-38.
[[nodiscard]] std::int64_t left_after(std::chrono::microseconds elapsed, std::chrono::microseconds half_life);

/// The largest part that `amount` is of `whole`, over the kinds of which the whole has any, in units of 2^-40; at most
/// 2^20 wholes.
[[nodiscard]] std::int64_t dominant_part(const Resources& amount, const Resources& whole);

/// The average after `past.held` was held from `past.until` to `now`: what was known fades, and what was held fills its
/// place. So who always held the same is known for exactly that. From `now` on `held` (in units of 2^-40) is held. At a
/// time that is not later than `past.until` nothing fades. A queue of which nothing is known (`until` is the zero time)
/// has held nothing.
[[nodiscard]] PastShare faded(const PastShare& past, std::int64_t held, WallTime now,
                              std::chrono::microseconds half_life);

}  // namespace basalt
