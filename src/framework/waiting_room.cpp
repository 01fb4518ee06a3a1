#include "framework/waiting_room.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "basalt/framework/session.hpp"

namespace basalt {
namespace {

/// What plugins remember wrongly, or a change that nobody thought of, costs a job this long.
constexpr std::chrono::seconds kRound{60};

/// Whether others of its queue may have to wait for a job, asleep or not.
bool holds_up_its_queue(const Session& session, JobId job) {
  const Cluster& cluster = session.cluster();
  const QueueId queue = cluster.jobs()[job].queue;
  if (!queue || !cluster.queues()[queue].fifo) return false;
  if (cluster.count(job, TaskStatus::pending) == 0 && cluster.phase(job) != JobPhase::pending) return false;
  const WaitReport* report = session.find_wait_report(job);
  return report == nullptr || !report->is_its_own_fault;
}

}  // namespace

std::vector<JobId> WaitingRoom::wake(const Session& session) {
  const Cluster& cluster = session.cluster();
  const WallTime now = session.moment().now;
  if (!next_round_ || now >= *next_round_ || (deadline_ && now >= *deadline_) || cluster.frame_epoch() != frame_seen_) {
    everybody_wakes_ = true;
  }
  if (everybody_wakes_) {
    seats_.assign(cluster.jobs().slots(), Seat{});
    awake_.clear();
    light_sleepers_.clear();
    refused_.clear();
    groups_.clear();
    cluster.jobs().for_each([&](JobId job, const Job&) { wake(job); });
    next_round_ = now + kRound;
    everybody_wakes_ = false;
  } else {
    wake_changed(cluster);
    wake_refused(session);
    if (cluster.relief_moment() != relief_seen_) wake_those_with_room(session);
  }
  std::erase_if(awake_, [&](JobId job) { return !cluster.jobs().contains(job); });
  return awake_;
}

void WaitingRoom::wake_changed(const Cluster& cluster) {
  if (seats_.size() < cluster.jobs().slots()) seats_.resize(cluster.jobs().slots());
  cluster.for_each_job_changed_after(jobs_seen_, [&](JobId job) { wake(job); });
  if (cluster.job_moment() == jobs_seen_ && cluster.node_moment() == nodes_seen_) return;
  for (const JobId job : light_sleepers_) {
    const Seat& seat = seats_[job.slot()];
    if (seat.job == job && seat.until == Until::anything) wake(job);
  }
  light_sleepers_.clear();
}

void WaitingRoom::wake_refused(const Session& session) {
  const Cluster& cluster = session.cluster();
  const bool room = cluster.relief_moment() != relief_seen_;
  const bool claims = cluster.claims_moment() != claims_seen_;
  std::unordered_set<QueueId> grown;
  cluster.for_each_job_changed_after(jobs_seen_, [&](JobId job) { grown.insert(cluster.jobs()[job].queue); });
  if (!room && !claims && grown.empty()) return;
  std::erase_if(refused_, [&](JobId job) {
    const Seat& seat = seats_[job.slot()];
    if (seat.job != job || seat.until != Until::open_gate) return true;  // it woke meanwhile
    if (!cluster.jobs().contains(job)) return true;
    if (!session.could_help(job, Changes{room, claims, grown.contains(cluster.jobs()[job].queue)})) return false;
    wake(job);
    return true;
  });
}

void WaitingRoom::wake_those_with_room(const Session& session) {
  const Cluster& cluster = session.cluster();
  std::vector<NodeId> relieved;
  cluster.for_each_node_relieved_after(relief_seen_, [&](NodeId node) {
    if (!cluster.nodes()[node].placeholder) relieved.push_back(node);
  });
  const auto has_room = [&](SpecId spec, TaskId one) {
    const Task* task = cluster.tasks().find(one);
    if (task == nullptr || task->spec != spec) return true;  // nobody to ask about: they look for themselves
    if (!session.fit_is_local(spec)) return true;            // other nodes may have become fit as well
    return std::any_of(relieved.begin(), relieved.end(),
                       [&](NodeId node) { return static_cast<bool>(session.fit(one, node)); });
  };
  std::erase_if(groups_, [&](const auto& entry) {
    const auto& [spec, group] = entry;
    if (!has_room(spec, group.one)) return false;
    for (const JobId job : group.jobs) {
      Seat& seat = seats_[job.slot()];
      if (seat.job != job || seat.spec != spec) continue;
      seat.is_listed = false;
      if (seat.until == Until::room) wake(job);
    }
    return true;
  });
}

void WaitingRoom::wake(JobId job) {
  Seat& seat = seats_[job.slot()];
  if (seat.job == job && seat.until == Until::looked_at) return;
  if (seat.job != job) seat = Seat{job, Until::looked_at, SpecId{}, false};
  seat.until = Until::looked_at;
  awake_.push_back(job);
}

void WaitingRoom::settle(const Session& session, const std::vector<JobId>& looked_at) {
  awake_.clear();
  for (const JobId job : looked_at) {
    SpecId spec;
    TaskId task;
    const Until until = decide(session, job, spec, task);
    sit(job, until, spec, task);
  }
  deadline_ = session.deadline();
}

void WaitingRoom::sit(JobId job, Until until, SpecId spec, TaskId task) {
  Seat& seat = seats_[job.slot()];
  seat.until = until;
  switch (until) {
    case Until::looked_at: awake_.push_back(job); break;
    case Until::own_change: break;
    case Until::open_gate: refused_.push_back(job); break;
    case Until::anything: light_sleepers_.push_back(job); break;
    case Until::room: {
      Group& group = groups_[spec];
      group.one = task;
      if (!seat.is_listed || seat.spec != spec) group.jobs.push_back(job);
      seat.spec = spec;
      seat.is_listed = true;
      break;
    }
  }
}

/// How deep a job may sleep after this session. `spec`, `task`: what it needs room for.
WaitingRoom::Until WaitingRoom::decide(const Session& session, JobId job, SpecId& spec, TaskId& task) {
  const Cluster& cluster = session.cluster();
  if (cluster.waiting_tasks(job) > 0) return Until::looked_at;
  if (holds_up_its_queue(session, job)) return Until::looked_at;
  if (cluster.count(job, TaskStatus::pending) == 0) {
    if (cluster.phase(job) != JobPhase::pending) return Until::own_change;
    return session.evictions_could_help() ? Until::anything : Until::open_gate;
  }
  const WaitReport* report = session.find_wait_report(job);
  if (report == nullptr || session.evictions_could_help()) return Until::anything;
  // Room is found for it where a node has none: by waiting for others, or before others come.
  const bool fits_elsewhen =
      session.has_waiting_limits() && (session.is_late(job) || cluster.jobs()[job].running_estimate.has_value());
  if (fits_elsewhen && !report->is_its_own_fault) return Until::anything;
  if (!report->job_reason.empty()) return report->is_its_own_fault ? Until::own_change : Until::open_gate;
  if (report->tasks.empty() && !report->refusals.empty()) return Until::open_gate;
  for (const TaskId member : cluster.jobs()[job].tasks) {
    if (cluster.status(member) != TaskStatus::pending || cluster.spec(member).gated) continue;
    const SpecId asked = cluster.tasks()[member].spec;
    if (spec && asked != spec) return Until::anything;
    spec = asked;
    task = member;
  }
  if (!spec) return Until::own_change;  // nothing but gated tasks
  if (!cluster.specs()[spec].blockers.empty()) return Until::own_change;
  const bool found_no_node = report->refusals.empty() && report->tasks.size() == 1 && report->tasks[0].first == spec;
  return found_no_node && session.fit_is_local(spec) ? Until::room : Until::anything;
}

void WaitingRoom::note_closed(const Cluster& cluster) {
  jobs_seen_ = cluster.job_moment();
  nodes_seen_ = cluster.node_moment();
  relief_seen_ = cluster.relief_moment();
  claims_seen_ = cluster.claims_moment();
  frame_seen_ = cluster.frame_epoch();
}

}  // namespace basalt
