#include "plugins/proportion/past_weights.hpp"

#include <algorithm>
#include <numeric>

#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kOne = std::int64_t{1} << 30;
constexpr std::int64_t kMilli = 1000;
constexpr std::int64_t kSmallestPart = 16;

std::int64_t part_of_sum(std::int64_t amount, Int128 sum) {
  return sum == 0 ? 0 : static_cast<std::int64_t>(Int128{amount} * kOne / sum);
}

Int128 sum_of(std::span<const std::int64_t> values) { return std::accumulate(values.begin(), values.end(), Int128{0}); }

}  // namespace

std::vector<std::int64_t> weights_after(std::span<const std::int64_t> weights, std::span<const std::int64_t> parts,
                                        std::int64_t strength) {
  const Int128 all_weights = sum_of(weights);
  const Int128 all_parts = sum_of(parts);
  if (all_parts == 0 || all_weights == 0) return {weights.begin(), weights.end()};
  std::vector<std::int64_t> moved;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::int64_t due = part_of_sum(weights[i], all_weights);
    const std::int64_t past = part_of_sum(parts[i], all_parts);
    const std::int64_t wanted = due + (due - past) * strength / kMilli;
    moved.push_back(std::max({wanted, due / kSmallestPart, std::int64_t{1}}));
  }
  return moved;
}

}  // namespace basalt
