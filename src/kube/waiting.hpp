#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace basalt::kube {

/// A number that is uniform in [0, 1). The only source of chance here, so that tests decide it.
using UniformRandom = std::function<double()>;

/// A generator with a seed of its own. Each copy continues on its own; not thread-safe.
UniformRandom seeded_random(std::uint64_t seed);

/// How code here lets time pass, so that tests need none. Thread-safe.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// Returns true after `duration`, false as soon as a stop is requested.
  virtual bool wait(std::chrono::nanoseconds duration, std::stop_token stop) = 0;
};

/// Really waits.
class SystemWaiter final : public Waiter {
 public:
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) override;
};

}  // namespace basalt::kube
