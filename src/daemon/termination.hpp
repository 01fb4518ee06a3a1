#pragma once

#include <atomic>

namespace basalt::daemon {

/// When the program has to end: on SIGTERM or SIGINT, or because a part of it cannot go on.
class Termination {
 public:
  /// Blocks both signals in this thread, and in all that it starts from now on; ignores SIGPIPE. To be made by main,
  /// before any thread, once.
  Termination();

  /// Returns when the program has to end. By the main thread.
  void wait() const;
  /// Makes wait() return, for want of something that the program needs. From any thread.
  void request_because_of_failure();
  [[nodiscard]] bool has_failed() const { return failed_; }

 private:
  std::atomic<bool> failed_{false};
};

}  // namespace basalt::daemon
