#pragma once

#include <deque>
#include <functional>
#include <mutex>

#include "basalt/framework/session.hpp"
#include "scheduler/mailbox.hpp"

namespace basalt {

/// What others want to know of the tables, answered by the thread that owns them, between two cycles. Thread-safe.
class Questions {
 public:
  /// Is given a session to look at, to be rolled back; or null, when there is nothing to look at (no cycle has run yet,
  /// or the program ends). Called once; must not throw.
  using Question = std::function<void(Session*)>;

  /// REQUIRES: `mailbox` outlives this.
  explicit Questions(Mailbox& mailbox) : mailbox_(mailbox) {}
  /// Those that wait are told that there is nothing to look at.
  ~Questions();
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  /// Asks, and wakes the thread that answers.
  void ask(Question question);
  /// The question that was asked first; empty: there is none. While more are there, the thread is woken again.
  [[nodiscard]] Question take();

 private:
  static constexpr std::size_t kMost = 1000;

  Mailbox& mailbox_;
  std::mutex mutex_;
  std::deque<Question> waiting_;  // guarded by mutex_
};

}  // namespace basalt
