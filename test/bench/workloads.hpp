#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "basalt/model/delta.hpp"

namespace basalt::bench {

/// A cluster and what is to be placed on it. Everything follows from the numbers: no chance.
struct Workload {
  std::string name;
  std::uint32_t nodes = 0;
  std::uint32_t pods = 0;
  std::uint32_t specs = 1;      ///< distinct pod templates
  std::uint32_t gang_size = 0;  ///< 0: bare pods
  std::uint32_t queues = 1;
};

/// The workloads of docs/performance.md.
std::vector<Workload> workloads();

/// Small enough to run with sanitizers in a second.
Workload smoke_workload();

/// Nodes of 64 cpu and 256 GiB, queues of equal weight, and pods of 100m to 1 cpu and up to
/// 4 GiB, as deltas.
std::vector<Delta> make_deltas(const Workload& workload);

}  // namespace basalt::bench
