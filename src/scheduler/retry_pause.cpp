#include "scheduler/retry_pause.hpp"

#include <algorithm>

namespace basalt {
namespace {

constexpr std::size_t kMostKeys = 100'000;
constexpr RetryPause kAfterFailure{std::chrono::seconds(1), std::chrono::seconds(60)};

}  // namespace

std::chrono::milliseconds RetryPause::after(std::size_t tries) const {
  std::chrono::milliseconds pause = start;
  for (std::size_t i = 1; i < tries && pause < cap; ++i) pause *= 2;
  return std::min(pause, cap);
}

std::chrono::milliseconds FailureCount::failed(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= kMostKeys) failures_.clear();
  return kAfterFailure.after(++failures_[key]);
}

void FailureCount::succeeded(const std::string& key) {
  const std::lock_guard lock(mutex_);
  failures_.erase(key);
}

}  // namespace basalt
