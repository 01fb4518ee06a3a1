#include "plugins/binpack/binpack_score.hpp"

#include <array>

#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr double kPart = 0x1p40;  // a single kind's part is kept in units of 1/kPart

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

/// The formula; `used`, `allocatable` give the node's amount of a kind.
template <class Used, class Allocatable>
Score fullness(std::int64_t weight, const Counting& counting, const Resources& request, Used&& used,
               Allocatable&& allocatable) {
  Int128 sum = 0;
  for (const WeighedKind& weighed : counting.all()) {
    const std::int64_t capacity = allocatable(weighed.kind);
    if (capacity <= 0 || weighed.weight == 0) continue;
    const std::int64_t then = used(weighed.kind) + request[weighed.kind];
    if (then > capacity) return 0;
    // One correctly rounded division and an exact scaling: the same on every machine.
    const double part = static_cast<double>(then) / static_cast<double>(capacity);
    sum += Int128{weighed.weight} * static_cast<std::int64_t>(part * kPart);
  }
  const Int128 points = sum * kMaxScore * weight / static_cast<std::int64_t>(kPart);
  const auto narrow = static_cast<std::int64_t>(points);
  return narrow == points ? narrow / counting.weights : static_cast<Score>(points / counting.weights);
}

}  // namespace

Score binpack_score(std::int64_t weight, std::span<const WeighedKind> kinds, const Resources& request,
                    const Resources& used, const Resources& allocatable) {
  const Counting counting(kinds, request);
  if (counting.weights == 0) return 0;
  return fullness(
      weight, counting, request, [&](Dimension kind) { return used[kind]; },
      [&](Dimension kind) { return allocatable[kind]; });
}

bool BinpackTerm::applies(const Spec& spec) const { return Counting(kinds_, spec.request).weights > 0; }

void BinpackTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const Counting counting(kinds_, task.spec.request);
  if (counting.weights == 0) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out[i] = fullness(
        weight_, counting, task.spec.request, [&](Dimension kind) { return cluster_.used(nodes[i], kind); },
        [&](Dimension kind) { return cluster_.allocatable(nodes[i], kind); });
  }
}

}  // namespace basalt
