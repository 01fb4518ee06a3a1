#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "plugins/amounts/share.hpp"

/// How kube-scheduler rates what a node would have in use: whole points from 0 to 100.
namespace basalt {

/// One kind of resource on one node with the task on it. Amounts are not negative, and at most
/// 2^48, so that nothing here overflows.
struct Usage {
  std::int64_t used = 0;
  std::int64_t allocatable = 0;
};

/// Doubles decide where they cannot be wrong: when they are further than this from the next whole
/// number, which is far above their error in these ranges. Nearer, exact arithmetic does.
inline constexpr double kNearInteger = 1e-6;

/// Below 2^53, a correctly rounded quotient of whole numbers never reaches a whole number that the true one does not.
inline constexpr std::int64_t kExactHundredfold = (std::int64_t{1} << 53) / 100;

/// floor(100 * part / whole). REQUIRES: part >= 0, whole > 0.
inline std::int64_t percent(std::int64_t part, std::int64_t whole) {
  if (part > kExactHundredfold) return static_cast<std::int64_t>(Int128{part} * 100 / whole);
  return static_cast<std::int64_t>(static_cast<double>(part * 100) / static_cast<double>(whole));
}

/// `balanced_score` of two kinds the node has: the deviation is half the difference of the parts.
/// REQUIRES: neither is over-committed.
inline std::int64_t balance_of_two(const Usage& left, const Usage& right) {
  const double rough = std::abs(static_cast<double>(left.used) / static_cast<double>(left.allocatable) -
                                static_cast<double>(right.used) / static_cast<double>(right.allocatable)) *
                       50;
  const auto floor = static_cast<std::int64_t>(rough);
  const double beyond = rough - static_cast<double>(floor);
  if (beyond > kNearInteger && beyond < 1 - kNearInteger) return 99 - floor;
  const Int128 difference = Int128{left.used} * right.allocatable - Int128{right.used} * left.allocatable;
  const Int128 whole = Int128{left.allocatable} * right.allocatable;
  const Int128 lost = ((difference < 0 ? -difference : difference) * 50 + whole - 1) / whole;
  return 100 - static_cast<std::int64_t>(lost);
}

/// The free part, floor(100 * (allocatable - used) / allocatable), averaged (rounded down) over
/// the kinds the node has any of; 0 for a kind that is over-committed. Source: kube-scheduler
/// NodeResourcesFit, strategy LeastAllocated.
std::int64_t least_allocated_score(std::span<const Usage> kinds);

/// The used part, floor(100 * used / allocatable), averaged in the same way; 100 for a kind that
/// is over-committed. Source: kube-scheduler NodeResourcesFit, strategy MostAllocated.
std::int64_t most_allocated_score(std::span<const Usage> kinds);

/// floor(100 * (1 - standard deviation of the used parts)), over the kinds the node has any of;
/// an over-committed kind counts as full. Exact for one and two kinds; of three or more each
/// part is first rounded down to 2^-40. kube-scheduler computes the same in doubles, and may
/// be a point lower where the exact result is a whole number. Source: kube-scheduler
/// NodeResourcesBalancedAllocation.
std::int64_t balanced_score(std::span<const Usage> kinds);

}  // namespace basalt
