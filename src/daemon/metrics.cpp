#include "daemon/metrics.hpp"

namespace basalt::daemon {
namespace {

std::vector<double> cycle_seconds() { return exponential_bounds(0.0005, 60, 20); }

}  // namespace

SchedulerMetrics::SchedulerMetrics()
    : e2e_scheduling_latency(registry_.histograms(
          "volcano_e2e_scheduling_latency_milliseconds",
          "Duration of a single scheduling session execution in milliseconds. It covers the entire cycle from session "
          "open, action executions to session close.",
          exponential_bounds(1, 5000, 20))),
      open_session_duration(registry_.histograms(
          "volcano_open_session_duration_milliseconds",
          "Duration of opening a scheduling session in milliseconds, including cache snapshot and session "
          "initialization.",
          exponential_bounds(1, 5000, 20))),
      action_scheduling_latency(registry_.histograms("volcano_action_scheduling_latency_milliseconds",
                                                     "Action scheduling latency in milliseconds",
                                                     exponential_bounds(1, 2000, 20), {"action"})),
      plugin_scheduling_latency(registry_.histograms("volcano_plugin_scheduling_latency_milliseconds",
                                                     "Plugin scheduling latency in milliseconds",
                                                     exponential_bounds(0.1, 100, 15), {"plugin", "OnSession"})),
      cycle_duration(registry_.histograms("basalt_cycle_duration_seconds",
                                          "Duration of a cycle in seconds, from the first change applied to the "
                                          "decisions handed over",
                                          cycle_seconds())),
      decisions(registry_.counters("basalt_decisions_total", "Decisions made, by their kind", {"kind"})),
      index_mismatches(registry_.counters("basalt_index_mismatches_total",
                                          "Placements that --verify-index found the index and the plain path to "
                                          "disagree on")),
      task_scheduling_latency(
          registry_.histograms("volcano_task_scheduling_latency_milliseconds",
                               "Task scheduling latency from creation to various stages in milliseconds",
                               exponential_bounds(50, 60000, 30), {"stage"})),
      schedule_attempts(registry_.counters(
          "volcano_schedule_attempts_total",
          "Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, "
          "while 'error' means an internal scheduler problem.",
          {"result"})),
      unschedule_task_count(
          registry_.gauges("volcano_unschedule_task_count", "Number of tasks could not be scheduled", {"job_id"})),
      unschedule_job_count(registry_.gauges("volcano_unschedule_job_count", "Number of jobs could not be scheduled")),
      job_retry_counts(
          registry_.counters("volcano_job_retry_counts", "Number of retry counts for one job", {"job_id"})),
      job_share(registry_.gauges("volcano_job_share", "Share for one job", {"job_ns", "job_id"})),
      queue_allocated(make_queue_amount("allocated", "Allocated")),
      queue_request(make_queue_amount("request", "Request")),
      queue_deserved(make_queue_amount("deserved", "Deserved")),
      queue_share(registry_.gauges("volcano_queue_share", "Share for one queue", {"queue_name"})),
      queue_weight(registry_.gauges("volcano_queue_weight", "Weight for one queue", {"queue_name"})),
      queue_overused(registry_.gauges("volcano_queue_overused", "If one queue is overused", {"queue_name"})),
      binds(registry_.counters("basalt_binds_total",
                               "Binds sent, by what became of them: acknowledged, refuted, or in doubt because the "
                               "reply was lost",
                               {"outcome"})),
      write_failures(registry_.counters("basalt_write_failures_total",
                                        "Writes to the API server that failed, by what was written and why",
                                        {"kind", "code"})),
      watch_events(registry_.counters("basalt_watch_events_total",
                                      "Events received from the API server, by kind of object", {"kind"})),
      relists(registry_.counters("basalt_relists_total", "Lists of all objects of a kind, after the first", {"kind"})),
      stalled_watches(registry_.counters("basalt_stalled_watches_total",
                                         "Watches that were given up because nothing came", {"kind"})),
      rejected_objects(registry_.counters("basalt_rejected_objects_total",
                                          "Objects that could not be understood and are left out", {"kind"})),
      configuration_reloads(registry_.counters("basalt_configuration_reloads_total",
                                               "Texts read from the configuration file, by what became of them",
                                               {"result"})),
      recordings_broken(registry_.counters("basalt_recordings_broken_total",
                                           "Recordings that could not be kept complete and were broken off")) {}

SchedulerMetrics::QueueAmount SchedulerMetrics::make_queue_amount(const std::string& name, const std::string& word) {
  const std::string prefix = "volcano_queue_" + name;
  return {registry_.gauges(prefix + "_milli_cpu", word + " CPU count for one queue", {"queue_name"}),
          registry_.gauges(prefix + "_memory_bytes", word + " memory for one queue", {"queue_name"}),
          registry_.gauges(prefix + "_scalar_resources", word + " scalar resources for one queue",
                           {"queue_name", "resource"})};
}

void SchedulerMetrics::forget_job(std::string_view job_namespace, std::string_view job) const {
  unschedule_task_count.remove({job});
  job_retry_counts.remove({job});
  job_share.remove({job_namespace, job});
}

void SchedulerMetrics::forget_queue(std::string_view queue) const {
  for (const QueueAmount* amount : {&queue_allocated, &queue_request, &queue_deserved}) {
    amount->milli_cpu.remove({queue});
    amount->memory_bytes.remove({queue});
  }
  for (const Gauges* gauges : {&queue_share, &queue_weight, &queue_overused}) gauges->remove({queue});
}

}  // namespace basalt::daemon
