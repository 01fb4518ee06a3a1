#pragma once

#include <cstdint>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// A reader's place among the changes of nodes and jobs.
class ChangeReader {
 public:
  /// Begins with what changes from now on.
  explicit ChangeReader(const Cluster& cluster) : cluster_(&cluster) { skip(); }

  [[nodiscard]] bool nothing_new() const { return node_moment_ == cluster_->node_moment(); }
  /// Calls `visit(node)` for each node that has changed since.
  template <class Visit>
  void for_each_node(Visit&& visit) const {
    cluster_->for_each_node_changed_after(node_moment_, [&](NodeId node, bool) { visit(node); });
  }
  /// The same for the nodes on which jobs that have changed have tasks that run, or are about to.
  template <class Visit>
  void for_each_node_of_a_job(Visit&& visit) const {
    cluster_->for_each_job_changed_after(job_moment_, [&](JobId job) {
      if (cluster_->count(job, TaskStatus::running) + cluster_->count(job, TaskStatus::bound) == 0) return;
      for (const TaskId task : cluster_->jobs()[job].tasks) {
        const TaskStatus status = cluster_->status(task);
        if (status == TaskStatus::running || status == TaskStatus::bound) visit(cluster_->node_of(task));
      }
    });
  }
  void skip() {
    node_moment_ = cluster_->node_moment();
    job_moment_ = cluster_->job_moment();
  }

 private:
  const Cluster* cluster_;
  std::uint64_t node_moment_ = 0, job_moment_ = 0;
};

}  // namespace basalt
