#include "plugins/nodeorder/resource_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "basalt/base/check.hpp"
#include "plugins/amounts/share.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kHundred = 100;
constexpr std::size_t kMostKinds = 8;
/// Far above the error of a double in these ranges, far below what matters.
constexpr double kNearInteger = 1e-6;

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

/// part * factor / whole rounded down. Doubles decide unless they are so close to an integer
/// that only exact arithmetic can tell. REQUIRES: whole > 0, part >= 0.
std::int64_t scaled_down(std::int64_t part, std::int64_t whole, std::int64_t factor) {
  const double rough = static_cast<double>(part) * static_cast<double>(factor) / static_cast<double>(whole);
  const auto floor = static_cast<std::int64_t>(rough);
  const double beyond = rough - static_cast<double>(floor);
  if (beyond > kNearInteger && beyond < 1 - kNearInteger) return floor;
  return static_cast<std::int64_t>(Int128{part} * factor / whole);
}

/// Two kinds: the deviation is half the difference of the parts, rounded up. Doubles decide as above.
std::int64_t balance_of_two(const Usage& left, const Usage& right) {
  const double rough = std::abs(static_cast<double>(left.used) / static_cast<double>(left.allocatable) -
                                static_cast<double>(right.used) / static_cast<double>(right.allocatable)) *
                       static_cast<double>(kHundred) / 2;
  const auto floor = static_cast<std::int64_t>(rough);
  const double beyond = rough - static_cast<double>(floor);
  if (beyond > kNearInteger && beyond < 1 - kNearInteger) return kHundred - floor - 1;
  const Int128 difference = Int128{left.used} * right.allocatable - Int128{right.used} * left.allocatable;
  const Int128 whole = Int128{left.allocatable} * right.allocatable;
  const Int128 lost = ((difference < 0 ? -difference : difference) * (kHundred / 2) + whole - 1) / whole;
  return kHundred - static_cast<std::int64_t>(lost);
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
    return kind.used > kind.allocatable ? 0 : scaled_down(kind.allocatable - kind.used, kind.allocatable, kHundred);
  });
}

std::int64_t most_allocated_score(std::span<const Usage> kinds) {
  return average(kinds, [](const Usage& kind) {
    return scaled_down(std::min(kind.used, kind.allocatable), kind.allocatable, kHundred);
  });
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
