#include <algorithm>
#include <map>
#include <set>

#include "basalt/testing/scenario.hpp"

// The tables against what they follow from: each sum, count and list anew from rows and statuses.
namespace basalt::testing {
namespace {

class TableCheck {
 public:
  explicit TableCheck(const Cluster& cluster) : cluster_(cluster) {}

  std::vector<std::string> run() {
    add_up();
    cluster_.nodes().for_each([&](NodeId id, const Node& row) { check(id, row); });
    if (!(cluster_.total_allocatable() == allocatable_)) complain("N4", "the sum of what nodes have is wrong");
    if (!(cluster_.total_used() == used_)) complain("N4", "the sum of what is used is wrong");
    cluster_.jobs().for_each([&](JobId id, const Job& row) { check(id, row); });
    cluster_.queues().for_each([&](QueueId id, const Queue& row) {
      check_sums("Q2", "queue " + row.name, cluster_.allocated(id), cluster_.pipelined(id), cluster_.pending(id),
                 queues_[id.slot()]);
    });
    return std::move(violations_);
  }

 private:
  struct NodeSums {
    Resources used, releasing, pipelined;
    std::set<std::uint32_t> tasks;  // by slot
  };
  struct JobSums {
    Resources allocated, pipelined, pending;
    StatusCounts counts{};
    std::uint32_t best_effort = 0;
    std::set<std::uint32_t> tasks;
  };

  void complain(const char* invariant, const std::string& what) {
    violations_.push_back(std::string(invariant) + ": " + what);
  }

  void add_up() {
    cluster_.tasks().for_each([&](TaskId id, const Task& task) {
      const TaskStatus status = cluster_.status(id);
      const NodeId node = cluster_.node_of(id);
      if (static_cast<bool>(node) != is_on_node(status)) complain("P4", task.name + " is on a node or not, not both");
      const Resources& request = cluster_.spec(id).request;
      if (node) add_to_node(nodes_[node.slot()], id, status, request);
      if (!task.job) return;
      add_to_job(jobs_[task.job.slot()], id, status, request);
      if (const QueueId queue = cluster_.jobs()[task.job].queue) {
        add_to_job(queues_[queue.slot()], id, status, request);
      }
    });
  }

  static void add_to_node(NodeSums& sums, TaskId id, TaskStatus status, const Resources& request) {
    sums.tasks.insert(id.slot());
    if (status == TaskStatus::pipelined) {
      sums.pipelined += request;
      return;
    }
    sums.used += request;
    if (status == TaskStatus::releasing) sums.releasing += request;
  }

  static void add_to_job(JobSums& sums, TaskId id, TaskStatus status, const Resources& request) {
    sums.tasks.insert(id.slot());
    ++sums.counts[static_cast<std::size_t>(status)];
    if (is_allocated(status)) sums.allocated += request;
    if (status == TaskStatus::pipelined) sums.pipelined += request;
    if (status != TaskStatus::pending) return;
    sums.pending += request;
    sums.best_effort += request.is_best_effort() ? 1 : 0;
  }

  void check(NodeId id, const Node& row) {
    const NodeSums& sums = nodes_[id.slot()];
    const std::string& name = cluster_.node_name(id);
    if (!(cluster_.used(id) == sums.used) || !(cluster_.releasing(id) == sums.releasing) ||
        !(cluster_.pipelined(id) == sums.pipelined)) {
      complain("N4", "node " + name + " does not hold what its tasks add up to");
    }
    for (Dimension kind = 0; kind < cluster_.schema().size(); ++kind) {
      const std::int64_t left = row.allocatable[kind] - sums.used[kind];
      const std::int64_t later = left + sums.releasing[kind] - sums.pipelined[kind];
      if (cluster_.idle(id, kind) != left || cluster_.future_idle(id, kind) != later) {
        complain("N4", "node " + name + " is wrong about the " + cluster_.schema().name(kind) + " it has left");
      }
      if (sums.releasing[kind] > sums.used[kind]) complain("N4", "node " + name + " releases more than is used");
    }
    std::set<std::uint32_t> listed;
    cluster_.for_each_task_on(id, [&](TaskId task) {
      if (!listed.insert(task.slot()).second) complain("P4", cluster_.tasks()[task].name + " is twice on " + name);
    });
    if (listed != sums.tasks) complain("P4", "node " + name + " lists other tasks than those that are on it");
    if (row.placeholder) return;
    allocatable_ += row.allocatable;
    used_ += sums.used;
  }

  void check_sums(const char* invariant, const std::string& whose, const Resources& allocated,
                  const Resources& pipelined, const Resources& pending, const JobSums& sums) {
    if (allocated == sums.allocated && pipelined == sums.pipelined && pending == sums.pending) return;
    complain(invariant, whose + " does not hold what its tasks add up to");
  }

  void check(JobId id, const Job& row) {
    const JobSums& sums = jobs_[id.slot()];
    check_sums("P4", "job " + row.name, cluster_.allocated(id), cluster_.pipelined(id), cluster_.pending(id), sums);
    if (cluster_.counts(id) != sums.counts) complain("P4", "job " + row.name + " counts its tasks wrongly");
    if (cluster_.pending_best_effort(id) != sums.best_effort) {
      complain("P4", "job " + row.name + " counts its best-effort tasks wrongly");
    }
    std::set<std::uint32_t> listed;
    for (std::size_t i = 0; i < row.tasks.size(); ++i) {
      listed.insert(row.tasks[i].slot());
      if (i > 0 && !comes_before(cluster_.tasks()[row.tasks[i - 1]], cluster_.tasks()[row.tasks[i]])) {
        complain("P4", "the tasks of job " + row.name + " are not in order");
      }
    }
    if (listed != sums.tasks || listed.size() != row.tasks.size()) {
      complain("P4", "job " + row.name + " lists other tasks than its own");
    }
    check_parts(id, row);
  }

  /// With parts, each task is in one; a part's counts are those of its tasks.
  void check_parts(JobId id, const Job& row) {
    std::size_t in_parts = 0;
    for (const SubJobId part : row.sub_jobs) {
      StatusCounts counts{};
      for (const TaskId task : cluster_.sub_jobs()[part].tasks) {
        ++counts[static_cast<std::size_t>(cluster_.status(task))];
        if (cluster_.tasks()[task].sub_job != part || cluster_.tasks()[task].job != id) {
          complain("P4", cluster_.tasks()[task].name + " is in a part that it does not know");
        }
      }
      in_parts += cluster_.sub_jobs()[part].tasks.size();
      if (counts != cluster_.counts(part)) complain("P4", "a part of job " + row.name + " counts its tasks wrongly");
    }
    if (in_parts != (row.has_parts() ? row.tasks.size() : 0)) {
      complain("P4", "the parts of job " + row.name + " do not hold each task once");
    }
  }

  const Cluster& cluster_;
  std::map<std::uint32_t, NodeSums> nodes_;  // by slot
  std::map<std::uint32_t, JobSums> jobs_, queues_;
  Resources allocatable_, used_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> check_tables(const Cluster& cluster) { return TableCheck(cluster).run(); }

}  // namespace basalt::testing
