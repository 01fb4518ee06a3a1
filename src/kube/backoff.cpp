#include "kube/backoff.hpp"

#include <algorithm>

namespace basalt::kube {

Backoff::Backoff(const Limits& limits, const Clock& clock, UniformRandom& random)
    : limits_(limits), clock_(clock), random_(random), pause_(limits.start) {}

std::chrono::nanoseconds Backoff::next() {
  const SteadyTime now = clock_.steady_now();
  if (began_ && now - *began_ > limits_.reset) pause_ = limits_.start;
  began_ = now;
  const std::chrono::nanoseconds base = pause_;
  pause_ = std::min<std::chrono::nanoseconds>(base * 2, limits_.cap);
  const std::chrono::duration<double, std::nano> jitter = base * random_();
  return base + std::chrono::duration_cast<std::chrono::nanoseconds>(jitter);
}

}  // namespace basalt::kube
