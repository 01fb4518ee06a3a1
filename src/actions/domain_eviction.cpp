#include "actions/domain_eviction.hpp"

#include "actions/eviction_cost.hpp"
#include "actions/needed_victims.hpp"
#include "actions/part_placing.hpp"
#include "actions/starving_jobs.hpp"
#include "basalt/framework/topology_limit.hpp"

namespace basalt {
namespace {

class DomainEviction {
 public:
  DomainEviction(Session& session, EvictionSearch& search, JobId job, const std::function<bool(TaskId)>& may_try,
                 Transaction& tx)
      : session_(session),
        cluster_(session.cluster()),
        search_(search),
        job_(job),
        may_try_(may_try),
        tx_(tx),
        parts_(
            session, job, SearchPurpose::allocate, tx, search.reason(),
            [this](TaskId task, std::span<const NodeId> nodes, RoomPlan& plan) {
              return make_place(task, nodes, plan);
            },
            [this] { return session_.job_pipelined(job_) && !session_.job_starving(job_); }) {}

  /// The cheapest way in the first group of domains that has one.
  std::optional<RoomPlan> find(const JobWork& work) {
    const HyperNodeId root = cluster_.topology().root();
    for (const auto& group : session_.hyper_node_gradient(job_, root, SearchPurpose::allocate)) {
      std::optional<RoomPlan> best;
      for (const HyperNodeId domain : group) {
        auto plan = try_domain(domain, work);
        if (plan && (!best || is_better(*plan, *best))) best = std::move(plan);
      }
      if (best) return best;
    }
    return std::nullopt;
  }

 private:
  std::optional<RoomPlan> try_domain(HyperNodeId domain, const JobWork& work) {
    const Transaction::Savepoint before = tx_.savepoint();
    auto plan = parts_.place_within(domain, work);
    tx_.rollback(before);
    if (plan && plan->places.size() > 1) {
      plan->victims = needed_victims(session_, job_, plan->places, plan->victims, search_.asks_the_queue());
    }
    return plan;
  }

  bool make_place(TaskId task, std::span<const NodeId> nodes, RoomPlan& plan) {
    if (!may_try_(task)) return false;
    const auto made = search_.make_room(task, nodes, tx_);
    if (!made) return false;
    plan.places.emplace_back(task, made->node);
    plan.victims.insert(plan.victims.end(), made->victims.begin(), made->victims.end());
    return true;
  }

  [[nodiscard]] bool is_better(const RoomPlan& plan, const RoomPlan& than) const {
    const auto cost = EvictionCost::of(plan.victims, cluster_) <=> EvictionCost::of(than.victims, cluster_);
    return cost != 0 ? cost < 0 : plan.score > than.score;
  }

  Session& session_;
  const Cluster& cluster_;
  EvictionSearch& search_;
  JobId job_;
  const std::function<bool(TaskId)>& may_try_;
  Transaction& tx_;
  PartPlacing parts_;
};

}  // namespace

bool needs_domains(const Job& job) { return has_binding_topology(job) || !job.sub_groups.empty(); }

bool make_room_in_domains(Session& session, EvictionSearch& search, JobId job,
                          const std::function<bool(TaskId)>& may_try) {
  Transaction tx = session.begin();
  for (const TaskId task : empty_promises(session.cluster(), job)) tx.release(task);
  JobWork work = work_of(session, job);
  work.keep_only(tasks_that_may_evict(session, job));
  const auto plan = DomainEviction(session, search, job, may_try, tx).find(work);
  if (!plan) return false;
  carry_out(*plan, search.reason(), tx);
  tx.commit();
  return true;
}

}  // namespace basalt
