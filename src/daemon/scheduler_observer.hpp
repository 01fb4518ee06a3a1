#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/logging.hpp"
#include "daemon/metrics.hpp"
#include "scheduler/observer.hpp"

namespace basalt::daemon {

/// Turns what goes on into log lines and metrics.
class SchedulerObserver final : public Observer {
 public:
  /// Binds are logged from verbosity 3 on. REQUIRES: both outlive this.
  SchedulerObserver(const Log& log, const SchedulerMetrics& metrics, int verbosity)
      : log_(log), metrics_(metrics), logs_binds_(verbosity >= 3) {}

  void cycle_done(const CycleReport& report) override;
  void action_done(std::string_view action, std::chrono::nanoseconds took) override;
  void object_rejected(const Rejected& rejected) override;
  void configuration_taken() override;
  void bind_settled(const BindResult& result, std::chrono::nanoseconds took) override;
  void eviction_settled(const EvictResult& result) override;
  void status_written(const StatusResult& result, const Result<void>& written) override;
  void event_dropped(const adapter::EventReport& report, std::string_view why) override;
  void relisted(ObjectKind kind) override;
  void object_changed(ObjectKind kind) override;
  void watch_interrupted(ObjectKind kind, const Error& reason) override;
  void watch_resumed(ObjectKind kind) override;
  void watch_failed(ObjectKind kind, const Error& error) override;

 private:
  void count_decisions(const CycleReport& report);
  void measure_jobs(const Cluster& cluster);
  void measure_queues(const Cluster& cluster);
  void tell_topology_problems(const Topology& topology);

  const Log& log_;
  const SchedulerMetrics& metrics_;
  const bool logs_binds_;
  /// Queues with series, and the resources of each: to remove them with the queue. On the scheduler's thread.
  std::map<std::string, std::set<std::string>> queues_;
  std::vector<bool> job_waits_;  // by slot of a job: it waits for its minimum
  std::size_t waiting_jobs_ = 0;
  std::uint64_t jobs_seen_ = 0;         // the tables' moment up to which the above is counted
  std::uint64_t index_mismatches_ = 0;  // as last reported
  std::set<std::string> topology_problems_;  // that were told, and still are
};

}  // namespace basalt::daemon
