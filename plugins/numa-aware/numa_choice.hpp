#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "basalt/framework/reason.hpp"
#include "plugins/numa-aware/cpu_layout.hpp"

/// Which cpus a pod would get, container by container, as the kubelet's topology and cpu managers choose them.
namespace basalt {

/// NUMA nodes, as bits, that the cpus of a container could come from.
struct NumaHint {
  std::uint32_t nodes = 0;
  bool preferred = false;  ///< no fewer NUMA nodes have that many cpus at all
  bool operator==(const NumaHint&) const = default;
};

/// The best of all sets of NUMA nodes with enough free cpus: preferred ones first, then those of fewer nodes, then of
/// lower numbers. None: there are too few free cpus altogether. Source: the cpu manager's generateCPUTopologyHints and
/// the order of the topology manager's policies, with cpus as the only provider of hints.
[[nodiscard]] std::optional<NumaHint> best_hint(const CpuLayout& layout, const CpuSet& free, std::size_t cpus);

/// Whether a policy lets a container in with its best hint.
[[nodiscard]] bool admits(NumaPolicy policy, const NumaHint& hint);

/// The cpus of all containers of a pod that stay; or why it cannot have them.
struct NumaChoice {
  Fit fit;
  CpuSet cpus;
};

/// What containers get that come to a node one by one, init containers first. An ordinary init container gives its cpus
/// back to those after it.
[[nodiscard]] NumaChoice choose_cpus(const CpuLayout& layout, CpuSet free, NumaPolicy policy,
                                     std::span<const ExclusiveCpus> containers);

namespace numa_reasons {
inline constexpr std::string_view kNotAssignable = "node(s) could not assign the cpus of a container by numa";
inline constexpr std::string_view kNoCpus = "node(s) had too few cpus that are nobody's own";
}  // namespace numa_reasons

}  // namespace basalt
