#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "kube/transport.hpp"
#include "kube/waiting.hpp"

namespace basalt::load {

/// So many watches of all pods that take what comes and throw it away, from construction to destruction: load on the
/// sending side of a server. A watch that ends is opened again, and shows what
/// is there anew. Thread-safe.
class Watchers {
 public:
  /// REQUIRES: `transport` outlives this.
  Watchers(kube::Transport& transport, std::size_t count);
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  /// Of all of them together; they only grow.
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void watch(const std::stop_token& stop);

  kube::Transport& transport_;
  kube::SystemWaiter waiter_;
  std::atomic<std::uint64_t> events_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace basalt::load
