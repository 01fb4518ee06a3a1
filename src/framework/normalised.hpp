#pragma once

#include <algorithm>
#include <span>

#include "basalt/framework/terms.hpp"

namespace basalt {

/// The raw answer of a node that has no place on the scale of `by_sum_reversed`.
inline constexpr Score kOffTheScale = -1;

/// Over the raw answers of all candidates.
[[nodiscard]] inline Extremes extremes_of(std::span<const Score> raw, Normalisation normalisation) {
  Extremes extremes;
  bool is_first = true;
  for (const Score score : raw) {
    if (normalisation == Normalisation::by_sum_reversed && score == kOffTheScale) continue;
    extremes.lowest = is_first ? score : std::min(extremes.lowest, score);
    extremes.highest = is_first ? score : std::max(extremes.highest, score);
    is_first = false;
  }
  return extremes;
}

/// Whether the highest raw answer is all that a normalisation needs to know of the others.
[[nodiscard]] constexpr bool needs_highest_alone(Normalisation normalisation) {
  return normalisation == Normalisation::none || normalisation == Normalisation::by_max ||
         normalisation == Normalisation::by_max_reversed;
}

/// A term's raw answer as weighted points, given the extremes among the candidates.
[[nodiscard]] inline Score normalised(Score raw, const Extremes& extremes, const ScoreTerm& term) {
  const auto& [lowest, highest] = extremes;
  Score share = 0;  // whole points, from 0 to 100
  switch (term.normalisation()) {
    case Normalisation::none: return raw * term.weight();
    case Normalisation::by_max: share = highest == 0 ? 0 : raw * 100 / highest; break;
    case Normalisation::by_max_reversed: share = 100 - (highest == 0 ? 0 : raw * 100 / highest); break;
    case Normalisation::by_range: share = highest == lowest ? 0 : (raw - lowest) * 100 / (highest - lowest); break;
    case Normalisation::by_sum_reversed:
      if (raw == kOffTheScale) return 0;
      share = highest == 0 ? 100 : (highest + lowest - raw) * 100 / highest;
      break;
  }
  return share * kPoint * term.weight();
}

}  // namespace basalt
