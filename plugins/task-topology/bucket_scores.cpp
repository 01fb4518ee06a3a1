#include "plugins/task-topology/bucket_scores.hpp"

#include <unordered_map>

namespace basalt {
namespace {

/// Tasks of a bucket that fit on a node together with `first`, which comes first.
std::int64_t that_fit(const Cluster& cluster, const Bucket& bucket, TaskId first, Resources room) {
  room -= cluster.spec(first).request;
  std::int64_t count = 1;
  for (const TaskId task : bucket.waiting) {
    if (task == first || cluster.status(task) != TaskStatus::pending) continue;
    const Resources& request = cluster.spec(task).request;
    if (!request.fits_in(room)) continue;
    room -= request;
    ++count;
  }
  return count;
}

}  // namespace

void score_by_bucket(const Cluster& cluster, TaskId task, const RoleAffinities& roles, const JobPlan& plan,
                     std::span<const NodeId> nodes, std::span<Score> out) {
  const auto found = plan.bucket_of.find(task);
  const auto role = roles.number_of(cluster.tasks()[task].role);
  if (found == plan.bucket_of.end() || !role) return;
  const Bucket& bucket = plan.buckets[found->second];
  std::unordered_map<std::uint32_t, std::int64_t> foes;  // by slot of a node
  std::int64_t there = 0;                                // of the bucket
  for (const JobPlan::Entry& entry : plan.entries) {
    const TaskStatus status = cluster.status(entry.task);
    if (!is_allocated(status) && status != TaskStatus::pipelined) continue;
    if (entry.node == bucket.node) ++there;
    if (roles.attractions().between(*role, entry.role) < 0) ++foes[entry.node.slot()];
  }
  const Resources& request = cluster.spec(task).request;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Resources room = room_on(cluster, nodes[i], false);
    if (!request.fits_in(room)) room = room_on(cluster, nodes[i], true);
    if (!request.fits_in(room)) continue;
    const bool is_planned = nodes[i] == bucket.node;
    const auto of_foes = foes.find(nodes[i].slot());
    std::int64_t tasks = that_fit(cluster, bucket, task, room);
    if (is_planned) tasks += there;
    if (of_foes != foes.end()) tasks -= of_foes->second;
    out[i] = kMaxScore * tasks / static_cast<std::int64_t>(plan.largest) + (is_planned ? 1 : 0);
  }
}

}  // namespace basalt
