#include "daemon/scheduler_observer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace basalt::daemon {
namespace {

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// In the order of `Decision`.
constexpr std::array<std::string_view, std::variant_size_v<Decision>> kDecisionKinds = {
    "bind", "evict", "enqueue", "reserve", "release", "job_status", "job_condition", "task_condition", "queue_status"};

std::string_view to_string(BindResult::Outcome outcome) {
  switch (outcome) {
    case BindResult::Outcome::acknowledged: return "acknowledged";
    case BindResult::Outcome::refuted: return "refuted";
    case BindResult::Outcome::in_doubt: return "in_doubt";
  }
  return "unknown";
}

std::string pod_name(const auto& result) { return result.namespace_name + "/" + result.name; }

void show(const SchedulerMetrics::QueueAmount& amount, const std::string& queue, const Resources& resources,
          const ResourceSchema& schema) {
  amount.milli_cpu.set({queue}, 0);
  amount.memory_bytes.set({queue}, 0);
  for (const NamedAmount& named : schema.named(resources)) {
    const auto value = static_cast<double>(named.amount);
    if (named.name == "cpu") {
      amount.milli_cpu.set({queue}, value);
    } else if (named.name == "memory") {
      amount.memory_bytes.set({queue}, value);
    } else {
      amount.scalar_resources.set({queue, named.name}, value);
    }
  }
}

/// The largest part, over all kinds, that `allocated` is of what the queue deserves; of the whole cluster where the
/// queue states nothing.
double share_of(const Queue& queue, const Resources& allocated, const Resources& cluster) {
  double share = 0;
  for (Dimension kind = 0; kind < allocated.width(); ++kind) {
    const std::int64_t whole = queue.deserved[kind].value_or(cluster[kind]);
    if (whole > 0) share = std::max(share, static_cast<double>(allocated[kind]) / static_cast<double>(whole));
  }
  return share;
}

bool waits_for_its_minimum(const Cluster& cluster, JobId job) {
  const auto minimum = static_cast<std::uint32_t>(std::max(cluster.jobs()[job].min_member, 0));
  return cluster.ready_tasks(job) < minimum && cluster.count(job, TaskStatus::pending) > 0;
}

}  // namespace

void SchedulerObserver::cycle_done(const CycleReport& report) {
  metrics_.e2e_scheduling_latency.observe(milliseconds(report.total));
  metrics_.open_session_duration.observe(milliseconds(report.opening));
  metrics_.cycle_duration.observe(seconds(report.total));
  count_decisions(report);
  if (report.index_mismatches != index_mismatches_) {
    const std::uint64_t before = std::exchange(index_mismatches_, report.index_mismatches);
    if (report.index_mismatches > before) {  // a new configuration begins at 0 again
      metrics_.index_mismatches.add({}, static_cast<double>(report.index_mismatches - before));
      log_.error("the placement index and the plain path disagree; the plain answer was used",
                 {{"cycle", report.cycle}, {"placements", report.index_mismatches - before}});
    }
  }
  measure_jobs(report.cluster);
  measure_queues(report.cluster);
  tell_topology_problems(report.cluster.topology());
  if (!log_.writes(LogLevel::detail)) return;
  log_.write(LogLevel::detail, "cycle",
             {{"cycle", report.cycle},
              {"deltas", report.deltas},
              {"decisions", report.decisions.size()},
              {"jobs", report.cluster.jobs().size()},
              {"tasks", report.cluster.tasks().size()},
              {"nodes", report.cluster.nodes_in_order().size()},
              {"ms", milliseconds(report.total)}});
  if (!log_.writes(LogLevel::trace)) return;
  for (const Decision& decision : report.decisions) {
    log_.write(LogLevel::trace, "decided", {{"decision", print(decision, report.cluster)}});
  }
}

/// Each once, when it comes up.
void SchedulerObserver::tell_topology_problems(const Topology& topology) {
  std::set<std::string> problems(topology.problems().begin(), topology.problems().end());
  for (const std::string& problem : problems) {
    if (!topology_problems_.contains(problem)) log_.warning("topology", {{"reason", problem}});
  }
  topology_problems_ = std::move(problems);
}

void SchedulerObserver::count_decisions(const CycleReport& report) {
  for (const Decision& decision : report.decisions) {
    metrics_.decisions.add({kDecisionKinds[decision.index()]});
    if (const auto* bind = std::get_if<Bind>(&decision)) {
      const auto waited = report.now - report.cluster.tasks()[bind->task].created;
      metrics_.task_scheduling_latency.observe({"Assumed"}, milliseconds(std::max(waited, decltype(waited){})));
      metrics_.schedule_attempts.add({"scheduled"});
    } else if (std::holds_alternative<TaskCondition>(decision)) {
      metrics_.schedule_attempts.add({"unschedulable"});
    }
  }
}

/// Only jobs that changed are looked at: most cycles change few.
void SchedulerObserver::measure_jobs(const Cluster& cluster) {
  job_waits_.resize(cluster.jobs().slots());
  cluster.for_each_job_slot_changed_after(jobs_seen_, [&](std::uint32_t slot, JobId job) {
    const bool waits = job && waits_for_its_minimum(cluster, job);
    if (waits == job_waits_[slot]) return;
    job_waits_[slot] = waits;
    waits ? ++waiting_jobs_ : --waiting_jobs_;
  });
  jobs_seen_ = cluster.job_moment();
  metrics_.unschedule_job_count.set(static_cast<double>(waiting_jobs_));
}

void SchedulerObserver::measure_queues(const Cluster& cluster) {
  std::map<std::string, std::set<std::string>> seen;
  cluster.queues().for_each([&](QueueId id, const Queue& queue) {
    const Resources& allocated = cluster.allocated(id);
    const Resources requested = allocated + cluster.pending(id) + cluster.pipelined(id);
    show(metrics_.queue_allocated, queue.name, allocated, cluster.schema());
    show(metrics_.queue_request, queue.name, requested, cluster.schema());
    metrics_.queue_share.set({queue.name}, share_of(queue, allocated, cluster.total_allocatable()));
    metrics_.queue_weight.set({queue.name}, queue.weight);
    std::set<std::string>& resources = seen[queue.name];
    for (const NamedAmount& named : cluster.schema().named(requested)) resources.insert(named.name);
  });
  for (const auto& [queue, resources] : queues_) {
    const auto kept = seen.find(queue);
    if (kept == seen.end()) metrics_.forget_queue(queue);
    for (const std::string& resource : resources) {
      if (kept != seen.end() && kept->second.contains(resource)) continue;
      metrics_.queue_allocated.scalar_resources.remove({queue, resource});
      metrics_.queue_request.scalar_resources.remove({queue, resource});
    }
  }
  queues_ = std::move(seen);
}

void SchedulerObserver::action_done(std::string_view action, std::chrono::nanoseconds took) {
  metrics_.action_scheduling_latency.observe({action}, milliseconds(took));
}

void SchedulerObserver::object_rejected(const Rejected& rejected) {
  metrics_.rejected_objects.add({to_string(rejected.kind)});
  log_.warning("object rejected: it is set aside", {{"kind", to_string(rejected.kind)},
                                                    {"namespace", rejected.namespace_name},
                                                    {"name", rejected.name},
                                                    {"reason", rejected.reason}});
}

void SchedulerObserver::configuration_taken() { log_.notice("another configuration is in force"); }

void SchedulerObserver::bind_settled(const BindResult& result, std::chrono::nanoseconds took) {
  metrics_.binds.add({to_string(result.outcome)});
  if (result.outcome == BindResult::Outcome::acknowledged) {
    if (!logs_binds_) return;
    log_.notice("bound", {{"pod", pod_name(result)}, {"node", result.node_name}, {"ms", milliseconds(took)}});
    return;
  }
  if (result.outcome == BindResult::Outcome::refuted) metrics_.schedule_attempts.add({"error"});
  const bool in_doubt = result.outcome == BindResult::Outcome::in_doubt;
  log_.warning(in_doubt ? "bind in doubt" : "bind refuted",
               {{"pod", pod_name(result)}, {"node", result.node_name}, {"reason", result.message}});
}

void SchedulerObserver::eviction_settled(const EvictResult& result) {
  if (!result.accepted) {
    log_.warning("eviction refused", {{"pod", pod_name(result)}, {"reason", result.message}});
  } else if (logs_binds_) {
    log_.notice("evicted", {{"pod", pod_name(result)}});
  }
}

void SchedulerObserver::status_written(const StatusResult& result, const Result<void>& written) {
  if (written) return;
  metrics_.write_failures.add({to_string(result.kind), to_string(written.error().code)});
  if (result.accepted) return;  // the object is gone
  log_.warning("status not written", {{"kind", to_string(result.kind)},
                                      {"namespace", result.namespace_name},
                                      {"name", result.name},
                                      {"reason", result.message}});
}

void SchedulerObserver::event_dropped(const adapter::EventReport& report, std::string_view why) {
  metrics_.write_failures.add({"Event", "dropped"});
  log_.write(
      LogLevel::detail, "event dropped",
      {{"about", report.kind + " " + report.space + "/" + report.name}, {"reason", report.reason}, {"why", why}});
}

void SchedulerObserver::relisted(ObjectKind kind) { metrics_.relists.add({to_string(kind)}); }

void SchedulerObserver::object_changed(ObjectKind kind) { metrics_.watch_events.add({to_string(kind)}); }

void SchedulerObserver::watch_interrupted(ObjectKind kind, const Error& reason) {
  if (reason.code == ErrorCode::timeout) metrics_.stalled_watches.add({to_string(kind)});
  log_.warning("watch interrupted: no cycle runs until it is back",
               {{"kind", to_string(kind)}, {"reason", reason.message}});
}

void SchedulerObserver::watch_resumed(ObjectKind kind) { log_.notice("watch is back", {{"kind", to_string(kind)}}); }

void SchedulerObserver::watch_failed(ObjectKind kind, const Error& error) {
  log_.warning("watch", {{"kind", to_string(kind)}, {"reason", error.message}});
}

}  // namespace basalt::daemon
