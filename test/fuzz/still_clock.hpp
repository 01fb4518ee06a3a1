#pragma once

#include "basalt/base/clock.hpp"

namespace basalt::fuzz {

/// A clock that stands still, so that an input does the same in every run.
class StillClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return WallTime(std::chrono::seconds(1'800'000'000)); }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{}; }
};

}  // namespace basalt::fuzz
