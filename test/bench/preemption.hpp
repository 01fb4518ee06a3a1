#pragma once

#include <cstdint>
#include <string>

#include "bench/runner.hpp"

namespace basalt::bench {

/// Full nodes of ten equal pods, and more important pods each of which one of them has to go for.
struct PreemptionWorkload {
  std::uint32_t nodes = 0;
  std::uint32_t preemptors = 0;  ///< bare pods, each a little smaller than a victim
  std::uint32_t specs = 1;       ///< templates among them
};
[[nodiscard]] PreemptionWorkload preemption_workload();
[[nodiscard]] PreemptionWorkload preemption_smoke_workload();

/// The cycle that evicts for all of them. Prints a row; false unless exactly one is evicted for
/// each, for all of them in one cycle, and the next evicts nobody.
bool measure_preemption(const std::string& name, const PreemptionWorkload& workload, PluginSet plugins);

}  // namespace basalt::bench
