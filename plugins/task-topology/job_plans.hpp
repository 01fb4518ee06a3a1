#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "basalt/framework/session.hpp"
#include "plugins/task-topology/role_affinities.hpp"
#include "plugins/task-topology/stated_topologies.hpp"

namespace basalt {

/// Tasks of a job that share a node, or are to share it.
struct Bucket {
  NodeId node;
  std::uint32_t placed = 0;     ///< were there when the plan was made
  std::vector<TaskId> waiting;  ///< in the order in which they are placed

  [[nodiscard]] std::size_t size() const { return placed + waiting.size(); }
};

/// Where the tasks of a job that are placed by affinity are, and where those that wait should go.
struct JobPlan {
  /// One task: `node` is none when the plan has no place for it.
  struct Entry {
    TaskId task;
    NodeId node;
    std::size_t role = 0;
    bool waits = false;  ///< was not placed when the plan was made
  };
  std::vector<Entry> entries;
  std::vector<Bucket> buckets;                        ///< those with placed tasks first, then the largest
  std::unordered_map<TaskId, std::size_t> bucket_of;  ///< of waiting tasks that have a place, and of placed ones
  std::size_t largest = 1;                            ///< size of the largest bucket
  bool counts_leaving = false;                        ///< on room that is still being released
};

/// The plans of one session: made when first asked for, and kept as long as nothing was placed but tasks of the job,
/// where its plan said. So that plans of jobs that may both have chosen the same are not mixed, a job that others were
/// placed before gets a new one. A job is planned for together with others of its queue that wait, in their order, as
/// far as all of them find places and an exact plan is not too much work, nine jobs at most: so it takes nothing that
/// others need and it can do without. What others asked of other jobs changes no plan.
class JobPlans {
 public:
  /// Arguments must outlive it, and `stated` be caught up.
  JobPlans(const Session& session, const StatedTopologies& stated)
      : session_(session), cluster_(session.cluster()), stated_(stated) {}

  /// Null: the job states no task topology, or there is no job.
  [[nodiscard]] const RoleAffinities* roles_of(JobId job);
  /// The plan of a job for one of its tasks that may go to some nodes: that of the job, or, where it has the task on
  /// none of these nodes, one made for this question and valid until the next. In jobs with networkTopology, or
  /// sub-groups, the task's fellows then go to those nodes as well. REQUIRES: the job states a task topology.
  const JobPlan& for_task(TaskId task, std::span<const NodeId> candidates);
  /// The plan of a job as it stands.
  const JobPlan& for_job(JobId job);

 private:
  struct Kept {
    JobPlan plan;
    std::optional<std::uint64_t> moment;  // of the nodes, when it was last found to hold; nothing: there is none
    Resources used_by_others;             // when it was made
  };
  [[nodiscard]] JobPlan make(JobId job, TaskId asked, std::span<const NodeId> candidates);
  [[nodiscard]] std::vector<JobId> fellows_of(JobId job) const;
  [[nodiscard]] bool holds(const JobPlan& plan) const;
  [[nodiscard]] Resources used_by_others(const JobPlan& plan) const;

  const Session& session_;
  const Cluster& cluster_;
  const StatedTopologies& stated_;
  std::unordered_map<JobId, std::unique_ptr<RoleAffinities>> roles_;
  std::unordered_map<JobId, Kept> plans_;
  JobPlan restricted_;  // the last one made for some nodes only
};

/// What a node has for tasks: idle, or what it will have once what is leaving has left and reservations are taken.
[[nodiscard]] Resources room_on(const Cluster& cluster, NodeId node, bool counts_leaving);

}  // namespace basalt
