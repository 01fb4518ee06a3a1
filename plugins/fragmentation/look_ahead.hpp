#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "plugins/fragmentation/device_state.hpp"
#include "plugins/fragmentation/pod_shapes.hpp"

namespace basalt {

/// How much of a node's GPUs would never be used: what is left idle after pods of the expected shapes have been
/// offered one after the other, each placed where it fits. Of each state, the sum over `samples` sequences of `depth`
/// pods. The sequences are drawn once, from the distribution and a fixed seed, and are the same for all states: so
/// states are compared on equal terms, and answers are the same on every machine. Unlike the expected fragmentation,
/// which asks what one more pod could use, this sees pods compete: a hole that only a rare pod fills counts as
/// lost when a common one comes first and leaves it no cpu.
///
/// Remembers what it computed, up to a bound. One thread.
class LookAhead {
 public:
  LookAhead(const ExpectedShapes& shapes, std::size_t samples, std::size_t depth);

  /// Parts of GPUs that stay idle, over all samples.
  [[nodiscard]] std::int64_t idle_in_the_end(const DeviceState& state);
  [[nodiscard]] std::int64_t samples() const { return static_cast<std::int64_t>(samples_); }

 private:
  static constexpr std::size_t kMostKnown = std::size_t{1} << 18U;

  std::size_t samples_, depth_;
  std::vector<GpuShape> sequences_;  // one after the other
  std::unordered_map<DeviceState, std::int64_t, DeviceStateHash> known_;
};

}  // namespace basalt
