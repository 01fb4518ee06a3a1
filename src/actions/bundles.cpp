#include "actions/bundles.hpp"

#include <algorithm>
#include <unordered_set>

namespace basalt {
namespace {

/// Collects and orders the bundles for one job.
class Bundling {
 public:
  Bundling(const Session& session, const EvictionContext& context, HyperNodeId domain)
      : session_(session),
        cluster_(session.cluster()),
        context_(context),
        domain_(domain),
        queue_(session.cluster().jobs()[context.job].queue) {}

  std::vector<Bundle> make(bool allow_whole) {
    // Where nobody says what a queue deserves, queues could take turns for ever.
    if (context_.kind == EvictionContext::Kind::reclaim && !session_.has_reclaim_policy()) return {};
    cluster_.jobs().for_each([&](JobId id, const Job& job) {
      if (may_give(id, job)) split(id, job);
    });
    sort();
    keep_what_plugins_allow();
    std::erase_if(bundles_,
                  [&](const Bundle& bundle) { return bundle.tasks.empty() || (bundle.whole && !allow_whole); });
    return std::move(bundles_);
  }

 private:
  [[nodiscard]] bool may_give(JobId id, const Job& job) const {
    if (id == context_.job || !job.queue || !job.preemptable.value_or(true)) return false;
    if (context_.kind == EvictionContext::Kind::reclaim) {
      return job.queue != queue_ && cluster_.queues()[job.queue].reclaimable;
    }
    return job.queue == queue_ && job.priority < cluster_.jobs()[context_.job].priority;
  }

  [[nodiscard]] bool may_go(TaskId task) const {
    const TaskStatus status = cluster_.status(task);
    const bool is_there = status == TaskStatus::running ||
                          (context_.kind == EvictionContext::Kind::preempt && status == TaskStatus::bound);
    return is_there && cluster_.tasks()[task].preemptable;
  }

  [[nodiscard]] bool is_in_domain(TaskId task) const {
    if (domain_ == cluster_.topology().root()) return true;
    const auto around = cluster_.topology().around(cluster_.node_of(task));
    return std::find(around.begin(), around.end(), domain_) != around.end();
  }

  void split(JobId id, const Job& job) {
    std::vector<TaskId> tasks;
    std::uint32_t placed = 0;
    for (const TaskId task : job.tasks) {
      placed += is_allocated(cluster_.status(task)) ? 1 : 0;
      if (may_go(task)) tasks.push_back(task);
    }
    if (std::none_of(tasks.begin(), tasks.end(), [&](TaskId task) { return is_in_domain(task); })) return;
    std::sort(tasks.begin(), tasks.end(),
              [&](TaskId left, TaskId right) { return session_.victim_order(queue_, left, right) < 0; });
    Bundle safe{id, false, {}};
    Bundle rest{id, true, {}};
    std::int64_t ready = cluster_.ready_tasks(id);
    const bool is_broken = ready < job.min_member;
    for (const TaskId task : tasks) {
      const bool can_be_missed = is_broken || (ready > job.min_member && keeps_role(job, task, safe.tasks));
      if (can_be_missed && is_in_domain(task)) {
        safe.tasks.push_back(task);
        --ready;
      } else {
        rest.tasks.push_back(task);
      }
    }
    // A job some of whose tasks have to stay cannot go as a whole.
    const bool all_may_go = tasks.size() == placed;
    if (!safe.tasks.empty()) bundles_.push_back(std::move(safe));
    if (!rest.tasks.empty() && all_may_go) bundles_.push_back(std::move(rest));
  }

  /// Whether a task's role keeps its minimum without it and those in `gone`. Role minima count
  /// only where the job's own minimum covers them.
  [[nodiscard]] bool keeps_role(const Job& job, TaskId task, const std::vector<TaskId>& gone) const {
    std::int64_t sum = 0;
    std::int64_t minimum = 0;
    const Symbol role = cluster_.tasks()[task].role;
    for (const auto& [name, of_role] : job.min_task_member) {
      sum += of_role;
      if (name == role) minimum = of_role;
    }
    if (minimum <= 0 || job.min_member < sum) return true;
    const auto is_of_role = [&](TaskId other) { return cluster_.tasks()[other].role == role; };
    const auto placed = std::count_if(job.tasks.begin(), job.tasks.end(), [&](TaskId other) {
      const TaskStatus status = cluster_.status(other);
      return is_of_role(other) && (is_allocated(status) || status == TaskStatus::succeeded);
    });
    return placed - std::count_if(gone.begin(), gone.end(), is_of_role) > minimum;
  }

  void sort() {
    std::sort(bundles_.begin(), bundles_.end(), [&](const Bundle& left, const Bundle& right) {
      if (left.whole != right.whole) return right.whole;
      return session_.victim_order(queue_, left.tasks.front(), right.tasks.front()) < 0;
    });
  }

  void keep_what_plugins_allow() {
    std::vector<TaskId> all;
    for (const Bundle& bundle : bundles_) all.insert(all.end(), bundle.tasks.begin(), bundle.tasks.end());
    const std::vector<TaskId> answer = session_.unified_evictable(context_, all);
    const std::unordered_set<TaskId> allowed(answer.begin(), answer.end());
    for (Bundle& bundle : bundles_) {
      const std::size_t asked = bundle.tasks.size();
      std::erase_if(bundle.tasks, [&](TaskId task) { return !allowed.contains(task); });
      if (bundle.tasks.size() < asked) shrunk_.insert(bundle.job);
    }
    // The rest of a job goes only with everything else of it.
    for (Bundle& bundle : bundles_) {
      if (bundle.whole && shrunk_.contains(bundle.job)) bundle.tasks.clear();
    }
  }

  const Session& session_;
  const Cluster& cluster_;
  const EvictionContext& context_;
  HyperNodeId domain_;
  QueueId queue_;
  std::vector<Bundle> bundles_;
  std::unordered_set<JobId> shrunk_;
};

}  // namespace

std::vector<Bundle> bundles_for(const Session& session, const EvictionContext& context, HyperNodeId domain,
                                bool allow_whole) {
  return Bundling(session, context, domain).make(allow_whole);
}

}  // namespace basalt
