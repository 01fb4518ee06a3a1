#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace basalt {

/// The weights by which parties share once it counts what they held in the past:
///
///     w' = w + strength * (w - past)
///
/// as parts of one, where w is a party's part of all weights and past its part of all that was held; but no less than
/// w / 16. In units of 2^-30 of the whole, and never below one. `parts`: what each held, in any unit, not negative,
/// each below 2^60; where nobody held anything the weights stand as they are. `strength` is in thousandths, from 0 to
/// 10000. REQUIRES: weights from 0 to 2^31, as many parts as weights.
[[nodiscard]] std::vector<std::int64_t> weights_after(std::span<const std::int64_t> weights,
                                                      std::span<const std::int64_t> parts, std::int64_t strength);

}  // namespace basalt
