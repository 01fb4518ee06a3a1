#include "plugins/numa-aware/numa_choice.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

namespace basalt {
namespace {

/// Cpus of a set in each NUMA node.
std::array<std::size_t, kMostNumaNodes> counts_of(const CpuLayout& layout, const CpuSet& cpus) {
  std::array<std::size_t, kMostNumaNodes> counts{};
  for (std::size_t node = 0; node < layout.numa_nodes.size(); ++node) {
    counts[node] = (layout.numa_nodes[node] & cpus).count();
  }
  return counts;
}

std::size_t sum_over(std::uint32_t nodes, const std::array<std::size_t, kMostNumaNodes>& counts) {
  std::size_t sum = 0;
  for (std::size_t node = 0; node < counts.size(); ++node) {
    if ((nodes >> node & 1U) != 0) sum += counts[node];
  }
  return sum;
}

CpuSet cpus_in(const CpuLayout& layout, std::uint32_t nodes) {
  CpuSet cpus;
  for (std::size_t node = 0; node < layout.numa_nodes.size(); ++node) {
    if ((nodes >> node & 1U) != 0) cpus |= layout.numa_nodes[node];
  }
  return cpus;
}

/// From the NUMA nodes of the hint as far as they go, then from the others.
std::optional<CpuSet> take_aligned(const CpuLayout& layout, const CpuSet& free, std::uint32_t nodes,
                                   std::size_t count) {
  const CpuSet near = free & cpus_in(layout, nodes);
  const std::size_t from_near = std::min(near.count(), count);
  const auto first = take_cpus(layout, near, from_near);
  const auto rest = take_cpus(layout, free & ~*first, count - from_near);
  if (!rest) return std::nullopt;
  return *first | *rest;
}

}  // namespace

std::optional<NumaHint> best_hint(const CpuLayout& layout, const CpuSet& free, std::size_t cpus) {
  const auto all_of = counts_of(layout, layout.all);
  const auto free_of = counts_of(layout, free);
  const std::uint32_t end = std::uint32_t{1} << layout.numa_nodes.size();
  int fewest = static_cast<int>(layout.numa_nodes.size()) + 1;
  for (std::uint32_t nodes = 1; nodes < end; ++nodes) {
    if (sum_over(nodes, all_of) >= cpus) fewest = std::min(fewest, std::popcount(nodes));
  }
  std::optional<NumaHint> best;
  for (std::uint32_t nodes = 1; nodes < end; ++nodes) {
    if (sum_over(nodes, free_of) < cpus) continue;
    const NumaHint hint{nodes, std::popcount(nodes) == fewest};
    const auto key = [](const NumaHint& of) { return std::tuple(!of.preferred, std::popcount(of.nodes), of.nodes); };
    if (!best || key(hint) < key(*best)) best = hint;
  }
  return best;
}

bool admits(NumaPolicy policy, const NumaHint& hint) {
  switch (policy) {
    case NumaPolicy::none:
    case NumaPolicy::best_effort: return true;
    case NumaPolicy::restricted: return hint.preferred;
    case NumaPolicy::single_numa_node: return hint.preferred && std::popcount(hint.nodes) == 1;
  }
  return false;
}

NumaChoice choose_cpus(const CpuLayout& layout, CpuSet free, NumaPolicy policy,
                       std::span<const ExclusiveCpus> containers) {
  NumaChoice choice;
  for (const ExclusiveCpus& container : containers) {
    if (container.cpus <= 0) continue;
    const auto count = static_cast<std::size_t>(container.cpus);
    const auto hint = best_hint(layout, free, count);
    if (!hint) return {Fit::no({numa_reasons::kNoCpus, {}}), {}};
    if (!admits(policy, *hint)) return {Fit::no({numa_reasons::kNotAssignable, {}}), {}};
    const bool is_aligned = policy != NumaPolicy::none;
    const auto cpus = take_aligned(layout, free, is_aligned ? hint->nodes : ~std::uint32_t{0}, count);
    if (!cpus) return {Fit::no({numa_reasons::kNoCpus, {}}), {}};
    if (container.is_init && !container.restartable) continue;
    free &= ~*cpus;
    choice.cpus |= *cpus;
  }
  return choice;
}

}  // namespace basalt
