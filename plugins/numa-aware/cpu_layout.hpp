#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "basalt/model/objects.hpp"

namespace basalt {

/// Cpus of one node, by position in `NumaTopology::cpus`.
inline constexpr std::size_t kMostCpus = 512;
using CpuSet = std::bitset<kMostCpus>;
/// More NUMA nodes than this the kubelet's topology manager refuses as well: there are too many ways to combine them.
inline constexpr std::size_t kMostNumaNodes = 8;

/// The cpus of a node as sets: what follows from its Numatopology alone.
struct CpuLayout {
  struct Place {
    std::size_t numa = 0, socket = 0, core = 0;  ///< positions in the lists below
  };
  std::vector<std::int32_t> ids;                   ///< of each cpu
  std::vector<Place> places;                       ///< of each cpu
  std::vector<CpuSet> numa_nodes, sockets, cores;  ///< by their numbers, ascending
  CpuSet all;
  CpuSet assignable;  ///< reported free, and not reserved for the system

  [[nodiscard]] std::size_t numa_nodes_of(const CpuSet& cpus) const;
  /// Cpus that the node does not have are left out.
  [[nodiscard]] CpuSet set_of(const std::vector<std::int32_t>& cpu_ids) const;
  [[nodiscard]] std::vector<std::int32_t> ids_of(const CpuSet& cpus) const;
};

/// None: there are no cpus, or more than can be told apart, or more NUMA nodes than can be combined.
[[nodiscard]] std::optional<CpuLayout> cpu_layout(const NumaTopology& topology);

/// Takes `count` of the available cpus as the kubelet's static policy does: whole NUMA nodes and sockets while as many
/// are needed, then whole cores, then single cpus; of what is alike, first where least is left, then the lower number.
/// None: there are not so many. Source: kubelet's takeByTopologyNUMAPacked.
[[nodiscard]] std::optional<CpuSet> take_cpus(const CpuLayout& layout, const CpuSet& available, std::size_t count);

}  // namespace basalt
