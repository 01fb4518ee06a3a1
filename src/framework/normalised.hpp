#pragma once

#include "basalt/framework/terms.hpp"

namespace basalt {

/// A term's raw answer as weighted points, given the highest raw answer among the candidates.
[[nodiscard]] inline Score normalised(Score raw, Score highest, const ScoreTerm& term) {
  const std::int64_t weight = term.weight();
  if (term.normalisation() == Normalisation::none) return raw * weight;
  const Score share = highest == 0 ? 0 : raw * 100 / highest;
  const bool reversed = term.normalisation() == Normalisation::by_max_reversed;
  return (reversed ? 100 - share : share) * kPoint * weight;
}

}  // namespace basalt
