#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "adapter/recent_map.hpp"
#include "basalt/base/clock.hpp"
#include "basalt/framework/configuration.hpp"
#include "recording/recorder.hpp"
#include "scheduler/binder.hpp"
#include "scheduler/mailbox.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/questions.hpp"
#include "scheduler/watch_gate.hpp"
#include "state/state.hpp"

namespace basalt {

/// Where a configuration waits until the scheduler takes it into use, between two cycles. Thread-safe.
class NextConfiguration {
 public:
  /// REQUIRES: `mailbox` outlives this.
  explicit NextConfiguration(Mailbox& mailbox) : mailbox_(mailbox) {}

  /// One that still waits is replaced.
  void put(std::unique_ptr<Configuration> configuration);
  /// Null when there is none.
  std::unique_ptr<Configuration> take();
  [[nodiscard]] bool is_there() const;

 private:
  Mailbox& mailbox_;
  mutable std::mutex mutex_;
  std::unique_ptr<Configuration> next_;  // guarded by mutex_
};

/// The loop: takes in what happened, opens a session, runs the actions, and hands over what was decided. A cycle runs
/// when something happened that could matter, and at the latest one period after the last; none runs before every kind
/// of object was listed, nor while a watch is interrupted.
/// run() on one thread, which owns the tables; the rest as stated.
class Scheduler {
 public:
  /// What it works with. REQUIRES: all outlive it.
  struct Surroundings {
    Mailbox& mailbox;
    const WatchGate& gate;
    NextConfiguration& next_configuration;
    Binder& binder;
    const Clock& clock;
    Observer& observer;
    Recorder* recorder = nullptr;    ///< null: nothing can be recorded
    Questions* questions = nullptr;  ///< null: nobody asks
  };

  /// `configuration` is in force from the first cycle on.
  Scheduler(const Surroundings& surroundings, Ownership ownership, std::unique_ptr<Configuration> configuration,
            std::chrono::nanoseconds period);

  /// Returns when a stop is requested, at the end of the cycle that runs.
  void run(const std::stop_token& stop);
  /// One turn of the loop: waits for something to happen, takes it in, runs a cycle if one is due, and answers one
  /// question if somebody asks.
  void turn(const std::stop_token& stop);

  /// On the thread of run() only.
  [[nodiscard]] const Cluster& cluster() const { return state_.cluster(); }
  /// Cycles so far. Thread-safe.
  [[nodiscard]] std::uint64_t cycles() const { return cycle_; }
  /// When the cycle that runs began; nothing while none runs. Thread-safe.
  [[nodiscard]] std::optional<SteadyTime> busy_since() const;

 private:
  void take_in(std::vector<Delta> deltas);
  void begin_recording();
  void wake_all();
  void apply(const Delta& delta);
  void report(const Rejected& rejected);
  void take_configuration();
  void run_cycle();
  void answer_question();
  [[nodiscard]] SteadyTime next_cycle() const;

  Mailbox& mailbox_;
  const WatchGate& gate_;
  NextConfiguration& next_configuration_;
  Binder& binder_;
  const Clock& clock_;
  Observer& observer_;
  Recorder* const recorder_;
  Questions* const questions_;
  const std::chrono::nanoseconds period_;

  State state_;
  std::unique_ptr<Configuration> configuration_;  // after state_: what plugins remember leaves the tables first
  bool is_attached_ = false;
  OrderBook orders_;
  adapter::RecentMap<std::string> rejections_;  // why an object was rejected, by uid, as last told
  bool has_news_ = true;                        // something that could matter since the last cycle
  std::size_t deltas_ = 0;                      // since the last cycle
  SteadyTime last_cycle_{};
  std::atomic<std::uint64_t> cycle_{0};
  std::atomic<SteadyTime::rep> busy_since_{0};  // 0: no cycle runs
};

}  // namespace basalt
