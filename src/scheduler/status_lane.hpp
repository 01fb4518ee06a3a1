#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "basalt/base/clock.hpp"
#include "scheduler/event_lane.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/retry_pause.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

/// Writes statuses: of each object only the newest, and one at a time. What fails is posted, so that it is decided
/// again. Why a pod waits is written after a moment, since in many cases it is bound by then, or waits for another
/// reason (a gang's pods come one by one). Thread-safe.
class StatusLane {
 public:
  /// `moment`: how long the condition of a pod is held back. REQUIRES: all references outlive this.
  StatusLane(Writer& writer, EventLane& events, Mailbox& mailbox, const Clock& clock, Observer& observer, int workers,
             std::chrono::milliseconds moment);
  ~StatusLane();
  StatusLane(const StatusLane&) = delete;
  StatusLane& operator=(const StatusLane&) = delete;

  void submit(StatusOrder order);
  /// Drops what waits to be written about a pod, and returns when nothing about it is under way any more: a condition
  /// that says why it waits must not arrive after it was bound.
  void withdraw(const ObjectName& pod);

  /// Drops what waits. What is under way goes on.
  void close();
  /// Ends what is under way, and returns when it has ended.
  void end();

 private:
  /// A pod's condition and when it may be written.
  struct HeldBack {
    SteadyTime due;
    std::string key;
  };
  void work(const std::stop_token& stop);
  /// The object whose turn it is; none when all have to wait.
  std::optional<std::string> take_turn();
  void write(const StatusOrder& order, const std::stop_token& stop);

  Writer& writer_;
  EventLane& events_;
  Mailbox& mailbox_;
  const Clock& clock_;
  Observer& observer_;
  const std::chrono::milliseconds moment_;
  FailureCount failures_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closed_ = false;                                   // guarded by mutex_
  std::unordered_map<std::string, StatusOrder> waiting_;  // guarded by mutex_; by object
  std::uint64_t changes_ = 0;                             // guarded by mutex_; of what follows
  // Objects in the order of submission; some may wait no longer.
  std::deque<std::string> turn_;       // guarded by mutex_
  std::deque<HeldBack> held_back_;     // guarded by mutex_; those that have no turn yet
  std::set<std::string> under_way_;    // guarded by mutex_; objects
  std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace basalt
