#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "basalt/framework/cluster.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/model/delta.hpp"
#include "scheduler/orders.hpp"

namespace basalt {

/// One cycle, as it ends. The references live until the call returns.
struct CycleReport {
  std::uint64_t cycle = 0;
  WallTime now{};          ///< of the session
  std::size_t deltas = 0;  ///< taken in since the last cycle
  std::chrono::nanoseconds opening{};
  std::chrono::nanoseconds total{};  ///< from opening the session until the orders are handed over
  const Cluster& cluster;            ///< with what was decided assumed
  const Decisions& decisions;
  std::uint64_t index_mismatches = 0;  ///< under this configuration so far; see SessionMemory::mismatches
};

/// Is told what goes on, for logs and metrics. Decides nothing. Every call has an empty default.
class Observer {
 public:
  virtual ~Observer() = default;

  // --- on the scheduler's thread ---
  virtual void cycle_done(const CycleReport& /*report*/) {}
  virtual void action_done(std::string_view /*action*/, std::chrono::nanoseconds /*took*/) {}
  virtual void object_rejected(const Rejected& /*rejected*/) {}
  /// Another configuration than before is in force from this cycle on.
  virtual void configuration_taken() {}

  // --- on any thread, several at once ---
  /// A bind has come to its end, or is in doubt; `took` since it was first sent.
  virtual void bind_settled(const BindResult& /*result*/, std::chrono::nanoseconds /*took*/) {}
  virtual void eviction_settled(const EvictResult& /*result*/) {}
  virtual void status_written(const StatusResult& /*result*/, const Result<void>& /*written*/) {}
  /// An event was not sent: too many wait already, or the server did not take it.
  virtual void event_dropped(const adapter::EventReport& /*report*/, std::string_view /*why*/) {}

  // --- on the thread that watches the kind ---
  /// Everything is listed once more, because the watch could not be continued.
  virtual void relisted(ObjectKind /*kind*/) {}
  /// An object was added, changed or removed.
  virtual void object_changed(ObjectKind /*kind*/) {}
  /// What is known of a kind may be out of date from now on.
  virtual void watch_interrupted(ObjectKind /*kind*/, const Error& /*reason*/) {}
  virtual void watch_resumed(ObjectKind /*kind*/) {}
  /// An attempt that failed, or an object that could not be read; work goes on. The same in a row is told once.
  virtual void watch_failed(ObjectKind /*kind*/, const Error& /*error*/) {}
};

}  // namespace basalt
