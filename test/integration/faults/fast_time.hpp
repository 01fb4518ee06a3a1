#pragma once

#include <atomic>
#include <chrono>

#include "basalt/base/clock.hpp"
#include "kube/waiting.hpp"

namespace basalt::testing {

/// How much faster time goes for the scheduler under test than for the machine: back-offs of seconds take milliseconds.
inline constexpr int kFaster = 20;

/// Steady time that runs `kFaster` times as fast as the machine's, and a calendar that a test can move. Thread-safe.
class FastClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override {
    return real_.now() + std::chrono::duration_cast<std::chrono::microseconds>(offset_.load());
  }
  [[nodiscard]] SteadyTime steady_now() const override { return begun_ + kFaster * (real_.steady_now() - begun_); }
  void jump(std::chrono::seconds by) { offset_ = offset_.load() + by; }

 private:
  const SystemClock real_;
  const SteadyTime begun_ = real_.steady_now();
  std::atomic<std::chrono::seconds> offset_{std::chrono::seconds(0)};
};

/// Waits as long as that clock says, which is not long.
class FastWaiter final : public kube::Waiter {
 public:
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) override {
    return system_.wait(duration / kFaster, std::move(stop));
  }

 private:
  kube::SystemWaiter system_;
};

}  // namespace basalt::testing
