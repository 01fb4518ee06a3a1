#pragma once

#include <cstdint>
#include <span>

/// How kube-scheduler rates what a node would have in use: whole points from 0 to 100.
namespace basalt {

/// One kind of resource on one node with the task on it. Amounts are not negative, and at most
/// 2^48, so that nothing here overflows.
struct Usage {
  std::int64_t used = 0;
  std::int64_t allocatable = 0;
};

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
