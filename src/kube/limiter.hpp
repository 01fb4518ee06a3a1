#pragma once

#include <chrono>
#include <mutex>
#include <stop_token>
#include <utility>

#include "basalt/base/clock.hpp"
#include "kube/waiting.hpp"

namespace basalt::kube {

/// A token bucket, full at first, that bounds the requests of one client (--kube-api-qps, --kube-api-burst). Callers
/// that must wait are served in the order in which they came. Thread-safe.
class RateLimiter {
 public:
  /// `qps` tokens a second, `burst` at most (at least 1). qps < 0: no limit; qps == 0 is taken as no limit too.
  /// REQUIRES: `clock` and `waiter` outlive this.
  RateLimiter(double qps, int burst, const Clock& clock, Waiter& waiter);

  /// Takes a token, waiting for it if need be. False when stopped; the token is given back then.
  bool acquire(std::stop_token stop);

  /// Time that callers have waited, in total.
  [[nodiscard]] std::chrono::nanoseconds waited() const;

 private:
  std::chrono::nanoseconds reserve();

  const double qps_;
  const double burst_;
  const Clock& clock_;
  Waiter& waiter_;
  mutable std::mutex mutex_;
  double tokens_;                       // guarded by mutex_; negative: promised to those who wait
  SteadyTime updated_;                  // guarded by mutex_
  std::chrono::nanoseconds waited_{0};  // guarded by mutex_
};

}  // namespace basalt::kube
