#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>

#include "basalt/framework/configuration.hpp"
#include "daemon/sources.hpp"
#include "integration/faults/fast_time.hpp"
#include "kube/client.hpp"
#include "kube/connect.hpp"
#include "scheduler/binder.hpp"
#include "scheduler/kube_writer.hpp"
#include "scheduler/scheduler.hpp"

namespace basalt::testing {

/// Counts what goes wrong around a scheduler, so that a test can show that its fault has struck.
class Witness final : public Observer {
 public:
  struct Counts {
    std::atomic<int> binds_in_doubt{0};
    std::atomic<int> binds_refuted{0};
    std::atomic<int> watches_interrupted{0};
    std::atomic<int> relists{0};
    std::atomic<int> statuses_refused{0};
  };

  void bind_settled(const BindResult& result, std::chrono::nanoseconds) override {
    if (result.outcome == BindResult::Outcome::in_doubt) ++counts.binds_in_doubt;
    if (result.outcome == BindResult::Outcome::refuted) ++counts.binds_refuted;
  }
  void status_written(const StatusResult&, const Result<void>& written) override {
    if (!written) ++counts.statuses_refused;
  }
  void relisted(ObjectKind) override { ++counts.relists; }
  void watch_interrupted(ObjectKind, const Error&) override { ++counts.watches_interrupted; }

  Counts counts;
};

/// Basalt's own parts from the reflectors to the binder, put together as the daemon does it, with the built-in
/// configuration of Volcano or another.
class RunningScheduler {
 public:
  struct Options {
    std::string configuration;                     ///< volcano-scheduler.conf; empty: the built-in one
    std::chrono::milliseconds time_limit{30'000};  ///< of one request
  };

  /// Schedules from here on. REQUIRES: clock, waiter and witness outlive this.
  RunningScheduler(const kube::ServerAddress& server, const Clock& clock, kube::Waiter& waiter, Witness& witness,
                   const Options& options);
  /// Ends at once, as if it had crashed between two requests: what is decided and was not sent is dropped.
  ~RunningScheduler();
  RunningScheduler(const RunningScheduler&) = delete;
  RunningScheduler& operator=(const RunningScheduler&) = delete;

 private:
  [[nodiscard]] std::unique_ptr<Configuration> configuration_of(const Options& options) const;

  const std::vector<daemon::WatchedKind> watched_ = daemon::watched_kinds(true);
  std::unique_ptr<kube::Transport> transport_;
  kube::Client client_;
  KubeWriter writer_;
  Mailbox mailbox_;
  WatchGate gate_;
  NextConfiguration next_configuration_;
  const Registry registry_;
  Binder binder_;
  std::optional<Scheduler> scheduler_;
  std::optional<daemon::Sources> sources_;
  std::jthread thread_;
};

}  // namespace basalt::testing
