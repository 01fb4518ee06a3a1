#include "kube/limiter.hpp"

#include <algorithm>

namespace basalt::kube {

RateLimiter::RateLimiter(double qps, int burst, const Clock& clock, Waiter& waiter)
    : qps_(qps),
      burst_(std::max(burst, 1)),
      clock_(clock),
      waiter_(waiter),
      tokens_(burst_),
      updated_(clock.steady_now()) {}

std::chrono::nanoseconds RateLimiter::reserve() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  const double passed = std::chrono::duration<double>(now - updated_).count();
  tokens_ = std::min(burst_, tokens_ + passed * qps_);
  updated_ = now;
  tokens_ -= 1;
  if (tokens_ >= 0) return std::chrono::nanoseconds(0);
  const auto pause =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(-tokens_ / qps_));
  waited_ += pause;
  return pause;
}

bool RateLimiter::acquire(std::stop_token stop) {
  if (qps_ <= 0) return !stop.stop_requested();
  const std::chrono::nanoseconds pause = reserve();
  if (pause.count() == 0) return true;
  if (waiter_.wait(pause, std::move(stop))) return true;
  const std::lock_guard lock(mutex_);
  tokens_ += 1;
  return false;
}

std::chrono::nanoseconds RateLimiter::waited() const {
  const std::lock_guard lock(mutex_);
  return waited_;
}

}  // namespace basalt::kube
