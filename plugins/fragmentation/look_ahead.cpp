#include "plugins/fragmentation/look_ahead.hpp"

#include <algorithm>
#include <random>

namespace basalt {

LookAhead::LookAhead(const ExpectedShapes& shapes, std::size_t samples, std::size_t depth)
    : samples_(samples), depth_(depth) {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> ends;
  for (const ExpectedShape& expected : shapes) ends.push_back(total += static_cast<std::uint64_t>(expected.weight));
  if (total == 0) return;
  constexpr std::uint64_t kSeed = 7;
  std::mt19937_64 random(kSeed);  // its sequence is part of the language, unlike that of distributions
  sequences_.reserve(samples * depth);
  for (std::size_t i = 0; i < samples * depth; ++i) {
    const auto drawn = std::upper_bound(ends.begin(), ends.end(), random() % total);
    sequences_.push_back(shapes[static_cast<std::size_t>(drawn - ends.begin())].shape);
  }
}

std::int64_t LookAhead::idle_in_the_end(const DeviceState& state) {
  if (state.gpus == 0 || sequences_.empty()) return state.idle() * samples();
  if (const auto known = known_.find(state); known != known_.end()) return known->second;
  std::int64_t idle = 0;
  for (std::size_t sample = 0; sample < samples_; ++sample) {
    DeviceState then = state;
    for (std::size_t i = 0; i < depth_; ++i) {
      const GpuShape& shape = sequences_[sample * depth_ + i];
      if (then.fits(shape)) then.take(shape);
    }
    idle += then.idle();
  }
  if (known_.size() >= kMostKnown) known_.clear();
  known_.emplace(state, idle);
  return idle;
}

}  // namespace basalt
