#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/model/delta.hpp"
#include "kube/waiting.hpp"

namespace basalt {

/// What happened outside, kept in the order in which it was posted until the scheduler takes it in. Anybody posts, one
/// thread drains. Thread-safe.
class Mailbox {
 public:
  /// `gathering`: how long a drain waits for more once something is there, so that what comes together is seen
  /// together. REQUIRES: `clock` and `waiter` outlive this.
  Mailbox(const Clock& clock, kube::Waiter& waiter, std::chrono::nanoseconds gathering = std::chrono::milliseconds(5));

  void post(Delta delta);
  /// The same, but nobody sees it before `due`: how failures are kept from being tried again at once.
  void post_at(SteadyTime due, Delta delta);
  /// Lets a drain that waits, or the next one, return although nothing was posted.
  void wake();

  /// Waits until something was posted or became due, until wake(), until `wakeup`, or until a stop is requested, and
  /// returns everything there is. What was posted with a due time comes in the order of those times, after the rest.
  [[nodiscard]] std::vector<Delta> drain(SteadyTime wakeup, const std::stop_token& stop);

 private:
  struct Later {
    SteadyTime due;
    std::uint64_t number;  ///< of the posting: equal times keep their order
    Delta delta;
  };
  static bool comes_after(const Later& left, const Later& right);
  void take_due();
  void wait_for_something(SteadyTime wakeup, const std::stop_token& stop, std::unique_lock<std::mutex>& lock);

  const Clock& clock_;
  kube::Waiter& waiter_;
  const std::chrono::nanoseconds gathering_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Delta> posted_;   // guarded by mutex_
  std::vector<Later> later_;    // guarded by mutex_; a heap, the earliest first
  std::uint64_t postings_ = 0;  // guarded by mutex_; of later_
  bool woken_ = false;          // guarded by mutex_
};

}  // namespace basalt
