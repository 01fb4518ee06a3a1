#pragma once

#include <chrono>

namespace basalt {

/// Calendar time with the resolution of the Kubernetes API (MicroTime).
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

/// Time that never jumps: for deadlines, back-off and durations.
using SteadyTime = std::chrono::steady_clock::time_point;

/// The only source of time in the program, so that tests can hold it still.
/// Thread-safe. Nothing between the opening of a session and its decisions asks it:
/// a session is given its moment.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace basalt
