#pragma once

#include <string>
#include <string_view>

#include "daemon/metrics_registry.hpp"

namespace basalt::daemon {

/// What the scheduler measures, by name. Those that Volcano has keep its names (`volcano_...`), labels and bounds, so
/// that its dashboards work; ours begin with `basalt_`. A value that is handed down; all members are thread-safe.
class SchedulerMetrics {
 private:
  MetricsRegistry registry_;  // first: the members below are made from it

 public:
  SchedulerMetrics();

  // --- the cycle ---
  Histograms e2e_scheduling_latency;     ///< ms, one a cycle
  Histograms open_session_duration;      ///< ms
  Histograms action_scheduling_latency;  ///< ms {action}
  Histograms plugin_scheduling_latency;  ///< ms {plugin, OnSession: OnSessionOpen or OnSessionClose}
  Histograms cycle_duration;             ///< s, from the first delta applied to the decisions handed over
  Counters decisions;                    ///< {kind}
  Counters index_mismatches;

  // --- tasks and jobs ---
  Histograms task_scheduling_latency;  ///< ms since the pod was created {stage: Watched, Assumed, PreBound, Bound}
  Counters schedule_attempts;          ///< {result: scheduled, unschedulable, error}
  Gauges unschedule_task_count;        ///< {job_id}
  Gauges unschedule_job_count;
  Counters job_retry_counts;  ///< {job_id}
  Gauges job_share;           ///< {job_ns, job_id}

  // --- queues ---
  /// An amount of resources of a queue, in three metrics as Volcano has them.
  struct QueueAmount {
    Gauges milli_cpu;         ///< {queue_name}
    Gauges memory_bytes;      ///< {queue_name}
    Gauges scalar_resources;  ///< {queue_name, resource}
  };
  QueueAmount queue_allocated;
  QueueAmount queue_request;
  QueueAmount queue_deserved;
  Gauges queue_share;     ///< {queue_name}
  Gauges queue_weight;    ///< {queue_name}
  Gauges queue_overused;  ///< 0 or 1 {queue_name}

  // --- the API server ---
  Counters binds;             ///< {outcome: acknowledged, refuted, in_doubt}
  Counters write_failures;    ///< {kind, code}
  Counters watch_events;      ///< {kind}
  Counters relists;           ///< {kind}
  Counters stalled_watches;   ///< {kind}
  Counters rejected_objects;  ///< {kind}

  // --- configuration ---
  Counters configuration_reloads;  ///< {result: loaded, defaulted, refused, unreadable}

  // --- recordings ---
  Counters recordings_broken;

  /// Removes the series of a job that is gone.
  void forget_job(std::string_view job_namespace, std::string_view job) const;
  /// Removes the series of a queue that is gone, but for `scalar_resources`, whose resources the caller knows.
  void forget_queue(std::string_view queue) const;

  /// All of it, for Prometheus.
  [[nodiscard]] std::string text() const { return registry_.text(); }

 private:
  QueueAmount make_queue_amount(const std::string& name, const std::string& word);
};

}  // namespace basalt::daemon
