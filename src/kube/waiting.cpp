#include "kube/waiting.hpp"

#include <condition_variable>
#include <mutex>
#include <random>

namespace basalt::kube {

UniformRandom seeded_random(std::uint64_t seed) {
  return [engine = std::mt19937_64(seed)]() mutable {
    return static_cast<double>(engine() >> 11U) * 0x1.0p-53;  // 53 bits: exact, and the same everywhere
  };
}

bool SystemWaiter::wait(std::chrono::nanoseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  const auto until = std::chrono::steady_clock::now() + duration;
  never_notified.wait_until(lock, stop, until, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace basalt::kube
