#include "actions/part_placing.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "actions/continuation.hpp"
#include "actions/eviction_cost.hpp"

namespace basalt {

void RoomPlan::append(const RoomPlan& other) {
  places.insert(places.end(), other.places.begin(), other.places.end());
  victims.insert(victims.end(), other.victims.begin(), other.victims.end());
  score += other.score;
}

void carry_out(const RoomPlan& plan, const std::string& reason, Transaction& tx) {
  for (const TaskId victim : plan.victims) tx.evict(victim, reason);
  for (const auto& [task, node] : plan.places) tx.pipeline(task, node);
}

PartPlacing::PartPlacing(Session& session, JobId job, SearchPurpose purpose, Transaction& tx, const std::string& reason,
                         MakePlace make_place, IsEnough is_enough)
    : session_(session),
      cluster_(session.cluster()),
      job_(job),
      purpose_(purpose),
      tx_(tx),
      reason_(reason),
      make_place_(std::move(make_place)),
      is_enough_(std::move(is_enough)) {}

std::optional<RoomPlan> PartPlacing::place_within(HyperNodeId domain, JobWork work) {
  const Transaction::Savepoint before = tx_.savepoint();
  const auto is_complete = [&](SubJobId part) {
    return session_.sub_job_ready(part) || session_.sub_job_pipelined(part);
  };
  RoomPlan plan;
  std::vector<bool> failed(work.lists.size(), false);
  while (const auto next = next_part(session_, work, failed, is_complete)) {
    failed[*next] = !place_part(work.lists[*next], domain, plan);
    if (!failed[*next] && is_enough_()) break;
  }
  if (!plan.places.empty() && session_.job_pipelined(job_)) return plan;
  tx_.rollback(before);
  return std::nullopt;
}

bool PartPlacing::place_part(Worklist& list, HyperNodeId within, RoomPlan& plan) {
  for (const auto& group : session_.hyper_node_gradient(list.part, within, purpose_)) {
    const std::vector<Score> scores = session_.hyper_node_scores(list.part, group);
    std::vector<std::size_t> by_score(group.size());
    std::iota(by_score.begin(), by_score.end(), std::size_t{0});
    std::stable_sort(by_score.begin(), by_score.end(),
                     [&](std::size_t left, std::size_t right) { return scores[left] > scores[right]; });
    std::optional<RoomPlan> best;
    std::size_t best_progress = 0;
    const std::size_t begun = list.next;
    for (const std::size_t i : by_score) {
      const Transaction::Savepoint before = tx_.savepoint();
      auto found = place_part_in(list, group[i]);
      tx_.rollback(before);
      const std::size_t progress = std::exchange(list.next, begun);
      if (!found) continue;
      found->score = scores[i];
      if (best && EvictionCost::of(found->victims, cluster_) >= EvictionCost::of(best->victims, cluster_)) continue;
      best = std::move(found);
      best_progress = progress;
      if (best->victims.empty()) break;  // the first for which nobody goes also scores highest of those
    }
    if (!best) continue;
    carry_out(*best, reason_, tx_);
    list.next = best_progress;
    plan.append(*best);
    return true;
  }
  return false;
}

std::optional<RoomPlan> PartPlacing::place_part_in(Worklist& list, HyperNodeId domain) {
  const std::span<const NodeId> nodes = cluster_.topology().nodes(domain);
  RoomPlan plan;
  Prospects prospects(cluster_, job_, list.part);
  std::set<std::pair<std::uint32_t, std::int32_t>> hopeless;  // spec and priority, since the last success
  while (list.next < list.tasks.size()) {
    const TaskId id = list.tasks[list.next++];
    const Task& task = cluster_.tasks()[id];
    const std::pair<std::uint32_t, std::int32_t> like{task.spec.slot(), task.priority};
    if (hopeless.contains(like) || !make_place_(id, nodes, plan)) {
      hopeless.insert(like);
      if (prospects.survive(id)) continue;
      break;
    }
    hopeless.clear();
    if (session_.sub_job_pipelined(list.part)) break;
  }
  if (plan.places.empty() || !session_.sub_job_pipelined(list.part)) return std::nullopt;
  return plan;
}

}  // namespace basalt
