#include "plugins/nodeorder/resource_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "basalt/base/check.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kHundred = 100;
constexpr std::size_t kMostKinds = 8;

template <class Rate>
std::int64_t average(std::span<const Usage> kinds, Rate&& rate) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (const Usage& kind : kinds) {
    if (kind.allocatable <= 0) continue;
    sum += rate(kind);
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

/// n kinds: n * n * variance is the sum of the squared differences of all pairs.
std::int64_t balance_of_many(std::span<const Usage> kinds) {
  constexpr Int128 kUnit = Int128{1} << 40;
  std::array<std::int64_t, kMostKinds> parts{};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    parts[i] = static_cast<std::int64_t>(kinds[i].used * kUnit / kinds[i].allocatable);
  }
  Int128 squares = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) squares += Int128{parts[i] - parts[j]} * (parts[i] - parts[j]);
  }
  const Int128 whole = kUnit * kUnit * static_cast<std::int64_t>(kinds.size() * kinds.size());
  std::int64_t lost = 0;  // the smallest number of points whose square is not below that of the deviation
  while (whole * lost * lost < squares * kHundred * kHundred) ++lost;
  return kHundred - lost;
}

}  // namespace

std::int64_t least_allocated_score(std::span<const Usage> kinds) {
  return average(kinds, [](const Usage& kind) {
    return kind.used > kind.allocatable ? 0 : percent(kind.allocatable - kind.used, kind.allocatable);
  });
}

std::int64_t most_allocated_score(std::span<const Usage> kinds) {
  return average(kinds,
                 [](const Usage& kind) { return percent(std::min(kind.used, kind.allocatable), kind.allocatable); });
}

std::int64_t balanced_score(std::span<const Usage> kinds) {
  std::array<Usage, kMostKinds> present{};
  std::size_t count = 0;
  for (const Usage& kind : kinds) {
    if (kind.allocatable <= 0) continue;
    BASALT_CHECK(count < kMostKinds, "more kinds than the balance of a node is computed over");
    present[count++] = {std::min(kind.used, kind.allocatable), kind.allocatable};
  }
  if (count < 2) return kHundred;
  if (count == 2) return balance_of_two(present[0], present[1]);
  return balance_of_many(std::span(present).first(count));
}

}  // namespace basalt
