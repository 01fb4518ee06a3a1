#pragma once

#include <compare>
#include <cstdint>

#include "basalt/model/resources.hpp"

namespace basalt {

/// Holds the product of any two amounts.
__extension__ typedef __int128 Int128;

/// What part of a whole somebody has, kept as the fraction it is: shares of different wholes
/// compare exactly, so ties are real ties and the order is the same on every machine.
struct Share {
  std::int64_t part = 0;
  std::int64_t whole = 1;  ///< above 0

  friend std::weak_ordering operator<=>(const Share& left, const Share& right) {
    return Int128{left.part} * right.whole <=> Int128{right.part} * left.whole;
  }
  friend bool operator==(const Share& left, const Share& right) { return (left <=> right) == 0; }
};

/// The largest share over the kinds of which the whole has any; zero if there are none.
/// Volcano's share of drf jobs and proportion queues: "pods" is a kind like the others, and
/// an amount of a kind that the whole lacks does not count.
Share dominant_share(const Resources& amount, const Resources& whole);
/// The same of the sum of two amounts.
Share dominant_share(const Resources& amount, const Resources& more, const Resources& whole);

}  // namespace basalt
