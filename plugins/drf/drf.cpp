#include "plugins/drf/drf.hpp"

#include <algorithm>
#include <unordered_map>

#include "basalt/framework/session.hpp"
#include "plugins/amounts/share.hpp"
#include "plugins/drf/queue_hierarchy.hpp"

namespace basalt {
namespace {

constexpr std::string_view kHierarchy = "enableHierarchy";

/// Between jobs.
class FlatDrf : public JobOrder, public Preemptable {
 public:
  struct Args {
    static Args read(ArgumentReader& reader) {
      static_cast<void>(reader.boolean(kHierarchy, false));
      return {};
    }
  };
  FlatDrf(const Args&, const Session& session) : cluster_(session.cluster()) {}

  std::weak_ordering job_order(JobId left, JobId right) const override { return share_of(left) <=> share_of(right); }

  VictimInputs preemptable_inputs() const override { return {VictimInput::candidate_jobs, VictimInput::evictor_job}; }

  /// A task may go if its job keeps a share no smaller than the one the evictor's job then
  /// has. What goes is counted as gone for the next candidate of that job.
  ///
  /// Volcano also counts candidates that it refuses as gone, and calls shares equal that
  /// differ by up to 1e-6.
  std::optional<std::vector<TaskId>> preemptable(TaskId evictor, std::span<const TaskId> candidates) const override {
    std::vector<TaskId> victims;
    const JobId job = cluster_.tasks()[evictor].job;
    if (!job) return victims;
    const Resources wanted = holdings(job) + cluster_.spec(evictor).request;
    const Share evictors = share(wanted);
    std::unordered_map<JobId, Resources> left;
    for (const TaskId candidate : candidates) {
      const JobId other = cluster_.tasks()[candidate].job;
      if (!other) continue;
      auto known = left.find(other);
      if (known == left.end()) known = left.emplace(other, holdings(other)).first;
      const Resources rest = known->second - cluster_.spec(candidate).request;
      if (share(rest) < evictors) continue;
      known->second = rest;
      victims.push_back(candidate);
    }
    return victims;
  }

 protected:
  ~FlatDrf() = default;
  const Cluster& cluster() const { return cluster_; }

 private:
  /// What a job has, reservations included.
  Resources holdings(JobId job) const { return cluster_.allocated(job) + cluster_.pipelined(job); }
  Share share_of(JobId job) const {
    return dominant_share(cluster_.allocated(job), cluster_.pipelined(job), cluster_.total_allocatable());
  }
  Share share(const Resources& amount) const { return dominant_share(amount, cluster_.total_allocatable()); }

  const Cluster& cluster_;
};

class PlainDrf final : public FlatDrf {
 public:
  using FlatDrf::FlatDrf;
};

/// Between jobs, and between queues in their hierarchy.
class HierarchicalDrf final : public FlatDrf, public QueueOrder, public Reclaimable {
 public:
  using Memory = QueueHierarchy;
  HierarchicalDrf(const Args& args, Memory& hierarchy, const Session& session)
      : FlatDrf(args, session), hierarchy_(hierarchy) {
    hierarchy.catch_up(cluster());
  }

  std::weak_ordering queue_order(QueueId left, QueueId right) const override {
    hierarchy_.catch_up(cluster());
    return hierarchy_.compare(left, right);
  }
  bool queues_move_others() const override { return true; }

  /// A task may go if the evictor's queue, with what it asks for, would still have less than the task's, without it.
  /// What goes is counted as gone for the next candidate.
  ///
  /// Volcano judges each candidate as if it were the only one; and it compares as for serving, so that a queue can take
  /// nothing back for its last waiting task, with which it would have all it asks for.
  std::optional<std::vector<TaskId>> reclaimable(TaskId evictor, std::span<const TaskId> candidates) const override {
    std::vector<TaskId> victims;
    const QueueId own = queue_of(evictor);
    if (!own) return victims;
    hierarchy_.catch_up(cluster());
    hierarchy_.suppose(cluster().tasks()[evictor].job, cluster().spec(evictor).request);
    for (const TaskId candidate : candidates) {
      const QueueId queue = queue_of(candidate);
      if (!queue) continue;
      give_back(candidate, true);
      if (hierarchy_.compare_shares(own, queue) < 0) {
        victims.push_back(candidate);
      } else {
        give_back(candidate, false);
      }
    }
    for (const TaskId victim : victims) give_back(victim, false);
    hierarchy_.suppose(cluster().tasks()[evictor].job, Resources{} - cluster().spec(evictor).request);
    return victims;
  }

 private:
  QueueId queue_of(TaskId task) const {
    const JobId job = cluster().tasks()[task].job;
    return job ? cluster().jobs()[job].queue : QueueId{};
  }
  void give_back(TaskId task, bool gone) const {
    const Resources& request = cluster().spec(task).request;
    hierarchy_.suppose(cluster().tasks()[task].job, gone ? Resources{} - request : request);
  }

  QueueHierarchy& hierarchy_;
};

bool is_hierarchical(const Arguments& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const auto& argument) {
    const bool* value = argument.second.as_bool();
    return argument.first == kHierarchy && value != nullptr && *value;
  });
}

}  // namespace

/// Without the hierarchy it has nothing to say of queues: two kinds of plugin under one name.
PluginType drf() {
  const PluginType plain = plugin_type<PlainDrf>("drf");
  PluginType either = plugin_type<HierarchicalDrf>("drf");
  either.configure = [flat = plain.configure, tree = either.configure](const Arguments& arguments, Findings& findings) {
    return is_hierarchical(arguments) ? tree(arguments, findings) : flat(arguments, findings);
  };
  return either;
}

}  // namespace basalt
