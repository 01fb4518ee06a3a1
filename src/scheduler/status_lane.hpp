#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "basalt/base/clock.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/retry_pause.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

/// Writes statuses: of each object only the newest, and one at a time. What fails is posted, so that it is decided
/// again. Thread-safe.
class StatusLane {
 public:
  /// REQUIRES: all references outlive this.
  StatusLane(Writer& writer, Mailbox& mailbox, const Clock& clock, Observer& observer, int workers);
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
  void work(const std::stop_token& stop);
  void write(const StatusOrder& order, const std::stop_token& stop);

  Writer& writer_;
  Mailbox& mailbox_;
  const Clock& clock_;
  Observer& observer_;
  FailureCount failures_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closed_ = false;                                   // guarded by mutex_
  std::unordered_map<std::string, StatusOrder> waiting_;  // guarded by mutex_; by object
  std::deque<std::string> turn_;                          // guarded by mutex_; objects, may name some no longer waiting
  std::set<std::string> under_way_;                       // guarded by mutex_; objects
  std::vector<std::jthread> workers_;                     // last: they use all of the above
};

}  // namespace basalt
