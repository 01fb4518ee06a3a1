#include "actions/gang_eviction.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actions/bundles.hpp"
#include "actions/needed_victims.hpp"
#include "actions/part_placing.hpp"
#include "actions/starving_jobs.hpp"
#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

/// Room for one job in one domain.
class GangEviction {
 public:
  GangEviction(Session& session, const EvictionContext& context, HyperNodeId domain, const GangEvictionRules& rules)
      : session_(session),
        cluster_(session.cluster()),
        job_(context.job),
        domain_(domain),
        reason_(rules.reason),
        tasks_(tasks_that_may_evict(session, context.job)),
        bundles_(bundles_for(session, context, domain, rules.allow_whole)) {
    if (!cluster_.jobs()[job_].has_parts()) return;
    work_ = work_of(session, job_);
    work_.keep_only(tasks_);
  }

  /// False: there is none, and nothing has happened.
  bool run() {
    if (tasks_.empty() || bundles_.empty()) return false;
    std::size_t too_few = 0;  // what is known not to suffice is below
    std::size_t taken = 0;
    auto places = places_without(taken);
    while (!places && taken < bundles_.size()) {
      too_few = taken + 1;
      taken = std::min(2 * taken + 1, bundles_.size());
      places = places_without(taken);
    }
    if (!places) return false;
    while (too_few < taken) {
      const std::size_t middle = too_few + (taken - too_few) / 2;
      if (auto fewer = places_without(middle)) {
        taken = middle;
        places = std::move(fewer);
      } else {
        too_few = middle + 1;
      }
    }
    Transaction tx = session_.begin();
    carry_out(RoomPlan{*places, spare(taken, *places)}, reason_, tx);
    tx.commit();
    return true;
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
    if (cluster_.jobs()[job_].has_parts()) return places_of_parts(was_ready, tx);
    for (const TaskId task : tasks_) {
      const auto node = place_for(task, cluster_.nodes_in_order());
      if (!node) continue;
      tx.pipeline(task, *node);
      places.emplace_back(task, *node);
      if (was_ready || session_.job_pipelined(job_)) break;
    }
    if (places.empty() || !session_.job_pipelined(job_)) return std::nullopt;
    return places;
  }

  [[nodiscard]] std::optional<Places> places_of_parts(bool was_ready, Transaction& tx) {
    const auto make_place = [&](TaskId task, std::span<const NodeId> nodes, RoomPlan& plan) {
      const auto node = place_for(task, nodes);
      if (!node) return false;
      tx.pipeline(task, *node);
      plan.places.emplace_back(task, *node);
      return true;
    };
    const auto is_enough = [&] { return was_ready || session_.job_pipelined(job_); };
    PartPlacing parts(session_, job_, SearchPurpose::evict, tx, reason_, make_place, is_enough);
    const auto plan = parts.place_within(domain_, work_);
    if (!plan) return std::nullopt;
    return plan->places;
  }

  [[nodiscard]] std::optional<NodeId> place_for(TaskId task, std::span<const NodeId> among) const {
    std::string refusal;
    if (!session_.allocatable(cluster_.jobs()[job_].queue, task, refusal)) return std::nullopt;
    FitSummary why;
    const bool anywhere = among.size() == cluster_.nodes_in_order().size();
    const auto placement = anywhere ? session_.find_placement(task, why) : session_.find_placement(task, among, why);
    if (placement) return placement->node;
    // Filters look at those that are leaving too: what they hold besides resources.
    if (!session_.filter_inputs(task).contains(Input::tasks_on_node)) return std::nullopt;
    for (const NodeId node : among) {
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
    if (!places_hold(session_, places, fewer, spared, true)) return false;
    gone = std::move(fewer);
    return true;
  }

  Session& session_;
  const Cluster& cluster_;
  JobId job_;
  HyperNodeId domain_;
  const std::string& reason_;
  std::vector<TaskId> tasks_;
  JobWork work_;  // where the job has parts
  std::vector<Bundle> bundles_;
};

/// Where the job may be put, in the order of the tries.
std::vector<HyperNodeId> domains_for(const Session& session, JobId job, std::size_t most) {
  const Cluster& cluster = session.cluster();
  const HyperNodeId root = cluster.topology().root();
  if (!cluster.jobs()[job].has_parts()) return {root};
  std::vector<HyperNodeId> domains;
  for (const auto& group : session.hyper_node_gradient(job, root, SearchPurpose::evict)) {
    for (const HyperNodeId domain : group) {
      if (domains.size() == most) return domains;
      if (std::find(domains.begin(), domains.end(), domain) == domains.end()) domains.push_back(domain);
    }
  }
  if (domains.empty() && !has_binding_topology(cluster.jobs()[job])) domains.push_back(root);
  return domains;
}

}  // namespace

bool make_room_for_gang(Session& session, const EvictionContext& context, const GangEvictionRules& rules) {
  for (const HyperNodeId domain : domains_for(session, context.job, rules.max_domains)) {
    if (GangEviction(session, context, domain, rules).run()) return true;
  }
  return false;
}

}  // namespace basalt
