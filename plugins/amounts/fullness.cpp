#include "plugins/amounts/fullness.hpp"

#include "plugins/amounts/share.hpp"

namespace basalt {

std::int64_t sum_of_weights(std::span<const WeighedKind> kinds) {
  std::int64_t sum = 0;
  for (const WeighedKind& weighed : kinds) sum += weighed.weight;
  return sum;
}

Score fullness(std::int64_t weight, std::span<const WeighedKind> kinds, std::int64_t weights, const Resources& added,
               const Resources& used, const Resources& allocatable) {
  Int128 sum = 0;
  for (const WeighedKind& weighed : kinds) {
    const std::int64_t capacity = allocatable[weighed.kind];
    if (capacity <= 0 || weighed.weight == 0) continue;
    const std::int64_t then = used[weighed.kind] + added[weighed.kind];
    if (then > capacity) return 0;
    sum += Int128{weighed.weight} * part_of(then, capacity);
  }
  const Int128 points = sum * kMaxScore * weight / static_cast<std::int64_t>(kWholePart);
  const auto narrow = static_cast<std::int64_t>(points);
  return narrow == points ? narrow / weights : static_cast<Score>(points / weights);
}

}  // namespace basalt
