#include "plugins/binpack/binpack_score.hpp"

#include <algorithm>

#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr double kPart = 0x1p40;  // a single kind's part is kept in units of 1/kPart

/// The kinds that count for a request.
std::vector<WeighedKind> requested(std::span<const WeighedKind> kinds, const Resources& request) {
  std::vector<WeighedKind> counting;
  std::copy_if(kinds.begin(), kinds.end(), std::back_inserter(counting),
               [&](const WeighedKind& weighed) { return request[weighed.kind] > 0; });
  return counting;
}

/// The formula, for kinds that are all requested. `weights` is their sum.
Score fullness(std::int64_t weight, std::span<const WeighedKind> kinds, std::int64_t weights, const Resources& request,
               const Resources& used, const Resources& allocatable) {
  Int128 sum = 0;
  for (const WeighedKind& weighed : kinds) {
    const std::int64_t capacity = allocatable[weighed.kind];
    if (capacity <= 0 || weighed.weight == 0) continue;
    const std::int64_t then = used[weighed.kind] + request[weighed.kind];
    if (then > capacity) return 0;
    // One correctly rounded division and an exact scaling: the same on every machine.
    const double part = static_cast<double>(then) / static_cast<double>(capacity);
    sum += Int128{weighed.weight} * static_cast<std::int64_t>(part * kPart);
  }
  const Int128 points = sum * kMaxScore * weight / static_cast<std::int64_t>(kPart);
  const auto narrow = static_cast<std::int64_t>(points);
  return narrow == points ? narrow / weights : static_cast<Score>(points / weights);
}

std::int64_t sum_of_weights(std::span<const WeighedKind> kinds) {
  std::int64_t sum = 0;
  for (const WeighedKind& weighed : kinds) sum += weighed.weight;
  return sum;
}

}  // namespace

Score binpack_score(std::int64_t weight, std::span<const WeighedKind> kinds, const Resources& request,
                    const Resources& used, const Resources& allocatable) {
  const std::vector<WeighedKind> counting = requested(kinds, request);
  const std::int64_t weights = sum_of_weights(counting);
  return weights == 0 ? 0 : fullness(weight, counting, weights, request, used, allocatable);
}

bool BinpackTerm::applies(const Spec& spec) const { return sum_of_weights(requested(kinds_, spec.request)) > 0; }

void BinpackTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const Resources& request = task.spec.request;
  const std::vector<WeighedKind> counting = requested(kinds_, request);
  const std::int64_t weights = sum_of_weights(counting);
  if (weights == 0) return;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out[i] =
        fullness(weight_, counting, weights, request, cluster_.used(nodes[i]), cluster_.nodes()[nodes[i]].allocatable);
  }
}

}  // namespace basalt
