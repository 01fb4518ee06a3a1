#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "adapter/event_correlator.hpp"
#include "basalt/base/clock.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/writer.hpp"

namespace basalt {

/// Sends events, one after the other, beside everything else: nothing ever waits for it, and what it cannot hold is
/// dropped and counted. Thread-safe.
class EventLane {
 public:
  /// At most `limit` reports wait. REQUIRES: all references outlive this.
  EventLane(Writer& writer, const Clock& clock, Observer& observer, std::size_t limit);
  ~EventLane();
  EventLane(const EventLane&) = delete;
  EventLane& operator=(const EventLane&) = delete;

  void submit(adapter::EventReport report);
  /// Takes no more. What waits is still sent.
  void close();
  /// Returns when everything has been sent after close(), or at `deadline` by the system's steady clock.
  bool wait_until_sent(SteadyTime deadline);
  /// Drops what waits, ends what is under way, and returns when it has ended.
  void end();

 private:
  void work(const std::stop_token& stop);
  void send(const adapter::EventReport& report, const std::stop_token& stop);

  Writer& writer_;
  Observer& observer_;
  const std::size_t limit_;
  adapter::EventCorrelator correlator_;  // of the worker
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closed_ = false;                       // guarded by mutex_
  bool sending_ = false;                      // guarded by mutex_
  std::deque<adapter::EventReport> waiting_;  // guarded by mutex_
  std::jthread worker_;                       // last: it uses all of the above
};

}  // namespace basalt
