#include "plugins/binpack/binpack_score.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

/// Below this, the sum of the weighed parts is below 2^62.
constexpr std::int64_t kSmallWeights = std::int64_t{1} << 22U;

/// The kinds that count for a request: the first `count`.
struct Counting {
  std::array<WeighedKind, Resources::kMaxDimensions> kinds;
  std::size_t count = 0;
  std::int64_t weights = 0;  ///< their sum

  Counting(std::span<const WeighedKind> weighed, const Resources& request) {
    for (const WeighedKind& kind : weighed) {
      if (request[kind.kind] <= 0) continue;
      kinds[count++] = kind;
      weights += kind.weight;
    }
  }
  [[nodiscard]] std::span<const WeighedKind> all() const { return std::span(kinds).first(count); }
};

}  // namespace

Score binpack_score(std::int64_t weight, std::span<const WeighedKind> kinds, const Resources& request,
                    const Resources& used, const Resources& allocatable) {
  const Counting counting(kinds, request);
  if (counting.weights == 0) return 0;
  return fullness(weight, counting.all(), counting.weights, request, used, allocatable);
}

bool BinpackTerm::applies(const Spec& spec) const { return Counting(kinds_, spec.request).weights > 0; }

void BinpackTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const Counting counting(kinds_, task.spec.request);
  if (counting.weights == 0) return;
  if (counting.weights < kSmallWeights) {
    score_small_weights(task.spec.request, counting.all(), counting.weights, nodes, out);
    return;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out[i] = fullness(weight_, counting.all(), counting.weights, task.spec.request, cluster_.used(nodes[i]),
                      cluster_.nodes()[nodes[i]].allocatable);
  }
}

/// The same, where sums of parts stay within 64 bits: kind by kind, so that nothing is decided for each node.
void BinpackTerm::score_small_weights(const Resources& request, std::span<const WeighedKind> kinds,
                                      std::int64_t weights, std::span<const NodeId> nodes, std::span<Score> out) const {
  constexpr std::int64_t kDoesNotFit = std::numeric_limits<std::int64_t>::min() / 2;
  for (const WeighedKind& weighed : kinds) {
    if (weighed.weight == 0) continue;
    const std::int64_t asked = request[weighed.kind];
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::int64_t capacity = cluster_.allocatable(nodes[i], weighed.kind);
      if (capacity <= 0) continue;
      const std::int64_t then = cluster_.used(nodes[i], weighed.kind) + asked;
      out[i] = then > capacity ? kDoesNotFit : out[i] + weighed.weight * part_of(then, capacity);
    }
  }
  for (Score& score : out) score = std::max<Score>(score, 0);
  const std::int64_t scale = kMaxScore * weight_;
  if (weight_ < 0 || Int128{weights} * scale >= std::numeric_limits<std::int64_t>::max()) {
    for (Score& score : out) {
      score = static_cast<Score>(Int128{score} * scale / static_cast<std::int64_t>(kWholePart) / weights);
    }
    return;
  }
  const bool halves = weights == 2;  // cpu and memory, as nearly always
  for (Score& score : out) {
    const auto points = static_cast<std::int64_t>(Int128{score} * scale / static_cast<std::int64_t>(kWholePart));
    score = halves ? points / 2 : points / weights;
  }
}

}  // namespace basalt
