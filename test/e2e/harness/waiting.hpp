#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace basalt::e2e {

/// Looks until `state` says nothing more, i.e. returns an empty string; what it returns meanwhile says what is still
/// missing, and is in the error (std::runtime_error) that is thrown after `limit`. The pause between two looks bounds
/// the load on the API server only; nothing depends on its length.
inline void wait_until(const std::string& what, std::chrono::milliseconds limit,
                       const std::function<std::string()>& missing) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const std::string state = missing();
    if (state.empty()) return;
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("after " + std::to_string(limit.count()) + "ms still not: " + what + "\n" + state);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

}  // namespace basalt::e2e
