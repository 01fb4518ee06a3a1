#include "actions/gang_eviction.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actions/bundles.hpp"
#include "actions/starving_jobs.hpp"

namespace basalt {
namespace {

using Places = std::vector<std::pair<TaskId, NodeId>>;

/// Room for one job.
class GangEviction {
 public:
  GangEviction(Session& session, const EvictionContext& context, bool allow_whole, const std::string& reason)
      : session_(session),
        cluster_(session.cluster()),
        job_(context.job),
        reason_(reason),
        tasks_(tasks_that_may_evict(session, context.job)),
        bundles_(bundles_for(session, context, allow_whole)) {}

  void run() {
    if (tasks_.empty() || bundles_.empty()) return;
    std::size_t too_few = 0;  // what is known not to suffice is below
    std::size_t taken = 0;
    auto places = places_without(taken);
    while (!places && taken < bundles_.size()) {
      too_few = taken + 1;
      taken = std::min(2 * taken + 1, bundles_.size());
      places = places_without(taken);
    }
    if (!places) return;
    while (too_few < taken) {
      const std::size_t middle = too_few + (taken - too_few) / 2;
      if (auto fewer = places_without(middle)) {
        taken = middle;
        places = std::move(fewer);
      } else {
        too_few = middle + 1;
      }
    }
    carry_out(spare(taken, *places), *places);
  }

 private:
  /// Where the tasks would be with the first bundles gone; nothing unless the job would be kept.
  [[nodiscard]] std::optional<Places> places_without(std::size_t taken) {
    const bool was_ready = session_.job_ready(job_);
    Places places;
    Transaction tx = session_.begin();
    for (std::size_t i = 0; i < taken; ++i) {
      for (const TaskId victim : bundles_[i].tasks) tx.evict(victim, reason_);
    }
    for (const TaskId task : tasks_) {
      const auto node = place_for(task);
      if (!node) continue;
      tx.pipeline(task, *node);
      places.emplace_back(task, *node);
      if (was_ready || session_.job_pipelined(job_)) break;
    }
    if (places.empty() || !session_.job_pipelined(job_)) return std::nullopt;
    return places;
  }

  [[nodiscard]] std::optional<NodeId> place_for(TaskId task) const {
    std::string refusal;
    if (!session_.allocatable(cluster_.jobs()[job_].queue, task, refusal)) return std::nullopt;
    FitSummary why;
    if (const auto placement = session_.find_placement(task, why)) return placement->node;
    // Filters look at those that are leaving too: what they hold besides resources.
    if (!session_.filter_inputs(task).contains(Input::tasks_on_node)) return std::nullopt;
    for (const NodeId node : cluster_.nodes_in_order()) {
      if (session_.fit_once_left(task, node)) return node;
    }
    return std::nullopt;
  }

  /// Whom of the first bundles the places can do without is left alone, the most important first;
  /// the rest of a job only as a whole, and what it could do without not while the rest goes.
  [[nodiscard]] std::vector<TaskId> spare(std::size_t taken, const Places& places) {
    std::unordered_set<JobId> broken;
    std::vector<TaskId> gone;
    for (std::size_t i = 0; i < taken; ++i) {
      gone.insert(gone.end(), bundles_[i].tasks.begin(), bundles_[i].tasks.end());
    }
    for (std::size_t i = taken; i-- > 0;) {
      const Bundle& bundle = bundles_[i];
      if (bundle.whole) {
        if (!try_without(gone, bundle.tasks, places)) broken.insert(bundle.job);
      } else if (!broken.contains(bundle.job)) {
        for (std::size_t j = bundle.tasks.size(); j-- > 0;) try_without(gone, {&bundle.tasks[j], 1}, places);
      }
    }
    return gone;
  }

  /// Takes `spared` out of `gone` if everything still has its place.
  bool try_without(std::vector<TaskId>& gone, std::span<const TaskId> spared, const Places& places) {
    std::vector<TaskId> fewer;
    std::copy_if(gone.begin(), gone.end(), std::back_inserter(fewer),
                 [&](TaskId task) { return std::find(spared.begin(), spared.end(), task) == spared.end(); });
    if (!have_places(fewer, spared, places)) return false;
    gone = std::move(fewer);
    return true;
  }

  /// Whether the places hold with `gone` gone. Only nodes that `spared` are on can have become
  /// worse, but for filters that look further and for what the queue may have.
  [[nodiscard]] bool have_places(const std::vector<TaskId>& gone, std::span<const TaskId> spared,
                                 const Places& places) {
    std::unordered_set<NodeId> looked_at;
    for (const TaskId task : spared) looked_at.insert(cluster_.node_of(task));
    Transaction tx = session_.begin();
    for (const TaskId victim : gone) tx.evict(victim, reason_);
    for (const auto& [task, node] : places) {
      std::string refusal;
      if (!session_.allocatable(cluster_.jobs()[job_].queue, task, refusal)) return false;
      const bool may_differ =
          looked_at.contains(node) || session_.filter_inputs(task).contains(Input::other_placements);
      if (may_differ && !session_.fit_once_left(task, node)) return false;
      if (cluster_.future_shortage(node, cluster_.spec(task).request)) return false;
      tx.pipeline(task, node);
    }
    return true;
  }

  void carry_out(const std::vector<TaskId>& victims, const Places& places) {
    Transaction tx = session_.begin();
    for (const TaskId victim : victims) tx.evict(victim, reason_);
    for (const auto& [task, node] : places) tx.pipeline(task, node);
    tx.commit();
  }

  Session& session_;
  const Cluster& cluster_;
  JobId job_;
  const std::string& reason_;
  std::vector<TaskId> tasks_;
  std::vector<Bundle> bundles_;
};

}  // namespace

void make_room_for_gang(Session& session, const EvictionContext& context, bool allow_whole, const std::string& reason) {
  GangEviction(session, context, allow_whole, reason).run();
}

}  // namespace basalt
