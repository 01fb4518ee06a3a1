#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace basalt {

/// How long to wait before the next try: doubles from `start` up to `cap` with each try so far.
struct RetryPause {
  std::chrono::milliseconds start;
  std::chrono::milliseconds cap;

  /// `tries` before this one, at least 1.
  [[nodiscard]] std::chrono::milliseconds after(std::size_t tries) const;
};

/// Counts how often in a row something failed about an object, so that what fails again and again is tried less and
/// less often. Bounded: forgets everything when it holds too much. Thread-safe.
class FailureCount {
 public:
  /// The pause after one more failure of `key`.
  std::chrono::milliseconds failed(const std::string& key);
  void succeeded(const std::string& key);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> failures_;  // guarded by mutex_
};

}  // namespace basalt
