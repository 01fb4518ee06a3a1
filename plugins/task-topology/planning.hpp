#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "basalt/framework/session.hpp"
#include "plugins/task-topology/co_location.hpp"
#include "plugins/task-topology/job_plans.hpp"
#include "plugins/task-topology/role_affinities.hpp"

namespace basalt {

/// One plan in the making: from the tables to the arithmetic, and back to tasks and nodes.
class Planning {
 public:
  /// For a task that is asked about, if any, and the nodes that it may go to. REQUIRES: arguments outlive it.
  Planning(const Session& session, TaskId asked, std::span<const NodeId> candidates)
      : session_(session), cluster_(session.cluster()), asked_(asked), candidates_(candidates) {}

  /// The job is planned for from now on.
  void add(JobId job, const RoleAffinities& roles);
  /// It is not: the one added last.
  void remove_last();

  /// Finds a plan on what is idle. Whether it is exact, and has a place for every task.
  bool find(std::uint64_t steps);
  /// Finds one on what will be idle, and takes it if more tasks have a place.
  void find_later();
  /// What the last `find` took.
  [[nodiscard]] std::uint64_t steps() const { return places_.steps; }
  [[nodiscard]] bool has_place_for_all() const { return places_.value.placed >= waiting_; }

  /// The plan of the job that was added first. REQUIRES: a plan was found with all jobs that were added.
  [[nodiscard]] JobPlan first_plan() const;

 private:
  struct Member {
    JobId job;
    const RoleAffinities* roles;
    std::size_t first_role;  // where its roles begin among those of all
  };
  struct Placed {
    std::size_t member;
    TaskId task;
    NodeId node;
    std::size_t role;  // of its job
  };
  /// Waiting tasks of a job that are the same to the plan: equal role and spec.
  struct Likes {
    std::size_t member;
    std::size_t role;
    SpecId spec;
    std::vector<TaskId> tasks;
  };
  /// A node with tasks of a job, or with places for some.
  struct Draft;

  void gather(std::size_t member);
  void look_at_nodes();
  [[nodiscard]] bool accepts(const Likes& likes, NodeId node) const;
  [[nodiscard]] CoLocation co_location(bool counts_leaving, std::uint64_t steps);
  void deal(std::size_t kind, const std::vector<Draft>& drafts, JobPlan& plan) const;

  const Session& session_;
  const Cluster& cluster_;
  const TaskId asked_;
  const std::span<const NodeId> candidates_;
  std::vector<Member> members_;
  std::vector<Placed> placed_;
  std::vector<Likes> likes_;
  std::int64_t waiting_ = 0;
  std::vector<NodeId> nodes_;  // those that may hold any of the tasks, in rank order
  std::vector<PlanNode> plan_nodes_;
  CoLocation places_;
  bool counts_leaving_ = false;
};

}  // namespace basalt
