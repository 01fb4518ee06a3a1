#include "plugins/fragmentation/device_state.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace basalt {

std::int64_t DeviceState::idle() const {
  return std::accumulate(free.begin(), free.begin() + static_cast<std::ptrdiff_t>(gpus), std::int64_t{0});
}

void DeviceState::sort() {
  std::sort(free.begin(), free.begin() + static_cast<std::ptrdiff_t>(gpus), std::greater<>());
}

bool DeviceState::fits(const GpuShape& shape) const {
  if (shape.cpu > cpu || shape.memory > memory) return false;
  if (shape.count == 0) return true;
  const auto count = static_cast<std::size_t>(shape.count);
  return count <= gpus && free[count - 1] >= shape.parts;
}

void DeviceState::take(const GpuShape& shape) {
  cpu -= shape.cpu;
  memory -= shape.memory;
  if (shape.count == 0) return;
  // The last GPU that has the parts is the fullest of them; those before it have no less.
  std::size_t end = gpus;
  while (free[end - 1] < shape.parts) --end;
  const std::size_t begin = end - static_cast<std::size_t>(shape.count);
  for (std::size_t gpu = end; gpu-- > begin;) {
    std::int32_t left = free[gpu] - shape.parts;
    std::size_t at = gpu;
    for (; at + 1 < gpus && free[at + 1] > left; ++at) free[at] = free[at + 1];
    free[at] = left;
  }
}

std::size_t DeviceStateHash::operator()(const DeviceState& state) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto fold = [&hash](std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29U;
  };
  fold(static_cast<std::uint64_t>(state.cpu));
  fold(static_cast<std::uint64_t>(state.memory));
  fold(state.gpus);
  for (std::size_t gpu = 0; gpu < state.gpus; gpu += 2) {
    const std::uint64_t second = gpu + 1 < kMostGpus ? static_cast<std::uint32_t>(state.free[gpu + 1]) : 0;
    fold(static_cast<std::uint32_t>(state.free[gpu]) | second << 32U);
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace basalt
