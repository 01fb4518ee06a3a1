#pragma once

#include <atomic>

#include "basalt/base/clock.hpp"

namespace basalt::embedded {

/// Another clock whose calendar time a test can move, forwards and back, while it runs. Steady time never jumps, here
/// as anywhere. Thread-safe.
class AdjustableClock final : public Clock {
 public:
  /// REQUIRES: `base` outlives this.
  explicit AdjustableClock(const Clock& base) : base_(base) {}

  [[nodiscard]] WallTime now() const override { return base_.now() + std::chrono::microseconds(offset_.load()); }
  [[nodiscard]] SteadyTime steady_now() const override { return base_.steady_now(); }
  void move(std::chrono::microseconds by) { offset_ += by.count(); }

 private:
  const Clock& base_;
  std::atomic<std::chrono::microseconds::rep> offset_ = 0;
};

}  // namespace basalt::embedded
