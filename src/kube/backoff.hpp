#pragma once

#include <chrono>
#include <optional>

#include "basalt/base/clock.hpp"
#include "kube/waiting.hpp"

namespace basalt::kube {

/// Pauses that grow: uniform in [d, 2d), where d begins at `start`, doubles each time up to `cap`, and begins anew when
/// the last pause began more than `reset` ago (client-go's reflector back-off). Not thread-safe.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds start{800};
    std::chrono::milliseconds cap{30'000};
    std::chrono::milliseconds reset{120'000};
  };

  /// REQUIRES: `clock` and `random` outlive this.
  Backoff(const Limits& limits, const Clock& clock, UniformRandom& random);

  /// How long to pause now.
  std::chrono::nanoseconds next();

 private:
  const Limits limits_;
  const Clock& clock_;
  UniformRandom& random_;
  std::chrono::nanoseconds pause_;
  std::optional<SteadyTime> began_;
};

}  // namespace basalt::kube
