#include "basalt/framework/fifo_lines.hpp"

#include <algorithm>

#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

bool has_started(const Session& session, JobId job) {
  return session.cluster().ready_tasks(job) > 0 && session.job_ready(job);
}

/// Whether so many of its pods could be placed as it needs, if there were room.
bool could_start(const Cluster& cluster, JobId job) {
  const Job& row = cluster.jobs()[job];
  std::int64_t possible = 0;
  for (const TaskId task : row.tasks) {
    const TaskStatus status = cluster.status(task);
    if (status != TaskStatus::pending && status != TaskStatus::pipelined) continue;
    const Spec& spec = cluster.spec(task);
    if (!spec.gated && spec.blockers.empty()) ++possible;
  }
  return possible > 0 && possible + cluster.ready_tasks(job) >= row.min_member;
}

bool is_in_line(const Session& session, JobId id) {
  const Cluster& cluster = session.cluster();
  const Job& job = cluster.jobs()[id];
  if (!job.blockers.empty()) return false;
  if (cluster.phase(id) == JobPhase::pending && session.configuration().has_action("enqueue")) {
    return job.min_resources.has_value() || could_start(cluster, id);
  }
  if (!could_start(cluster, id) || session.job_valid(id)) return false;
  if (has_binding_topology(job)) {
    if (!session.has_hyper_node_gradient() || !unresolved_topology(cluster, id).empty()) return false;
  }
  return !has_started(session, id);
}

}  // namespace

FifoLines::FifoLines(const Session& session) : session_(session) {
  const Cluster& cluster = session.cluster();
  bool any = false;
  cluster.queues().for_each([&](QueueId, const Queue& queue) { any = any || queue.fifo; });
  if (!any) return;
  for (const JobId job : session.jobs_in_view()) {
    const QueueId queue = cluster.jobs()[job].queue;
    if (queue && cluster.queues()[queue].fifo && is_in_line(session, job)) lines_[queue].jobs.push_back(job);
  }
  for (auto& [queue, line] : lines_) {
    std::sort(line.jobs.begin(), line.jobs.end(),
              [&](JobId left, JobId right) { return session.job_order(left, right) < 0; });
    for (std::size_t i = 0; i < line.jobs.size(); ++i) places_.emplace(line.jobs[i], i);
  }
}

JobId FifoLines::ahead_of(JobId job) const {
  if (lines_.empty()) return JobId{};
  const auto found = lines_.find(session_.cluster().jobs()[job].queue);
  if (found == lines_.end()) return JobId{};
  const Line& line = found->second;
  while (line.first < line.jobs.size() && has_started(session_, line.jobs[line.first])) ++line.first;
  if (line.first == line.jobs.size()) return JobId{};
  const JobId first = line.jobs[line.first];
  const auto place = places_.find(job);
  const bool is_behind = place != places_.end() ? place->second > line.first : session_.job_order(first, job) < 0;
  return is_behind ? first : JobId{};
}

std::string FifoLines::sentence(const Cluster& cluster, JobId ahead) {
  const Job& row = cluster.jobs()[ahead];
  return "behind job \"" + display_name(row.namespace_name, row.name) + "\" in first-in-first-out queue \"" +
         row.queue_name + "\"";
}

}  // namespace basalt
