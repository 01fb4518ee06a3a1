#include "actions/eviction_search.hpp"

#include <algorithm>
#include <utility>

namespace basalt {
namespace {

/// Memories are dropped when there are more: some hundred bytes a node each.
constexpr std::size_t kMemories = 128;

bool has_evictable_tasks(const Cluster& cluster, JobId job) {
  return cluster.count(job, TaskStatus::running) + cluster.count(job, TaskStatus::bound) > 0;
}

template <class... Parts>
std::size_t hash_of(Parts... parts) {
  std::uint64_t hash = 0;
  ((hash = (hash ^ static_cast<std::uint64_t>(parts)) * 0x9e3779b97f4a7c15ULL, hash ^= hash >> 29U), ...);
  return static_cast<std::size_t>(hash);
}

}  // namespace

EvictionSearch::EvictionSearch(Session& session, EvictionKind kind, VictimLists& lists, Remember remember,
                               std::string reason)
    : session_(session),
      cluster_(session.cluster()),
      kind_(kind),
      remember_(remember),
      reason_(std::move(reason)),
      on_node_(session, kind, lists),
      victim_inputs_(kind == EvictionKind::across_queues ? session.reclaimable_inputs()
                                                         : session.preemptable_inputs()) {}

bool EvictionSearch::make_room(TaskId evictor, std::span<const NodeId> among, Transaction& tx) {
  const QueueId queue = cluster_.jobs()[cluster_.tasks()[evictor].job].queue;
  for (const Room room : {Room::on_node, Room::on_node_and_in_queue}) {
    const auto choice = cheapest(evictor, among, room);
    if (!choice) return false;
    const Transaction::Savepoint before = tx.savepoint();
    for (const TaskId victim : choice->victims) tx.evict(victim, reason_);
    std::string why;
    if (kind_ == EvictionKind::across_queues || session_.allocatable(queue, evictor, why)) {
      tx.pipeline(evictor, choice->node);
      return true;
    }
    tx.rollback(before);
  }
  return false;
}

std::optional<EvictionSearch::Choice> EvictionSearch::cheapest(TaskId evictor, std::span<const NodeId> among,
                                                               Room room) {
  const Rank rank = rank_of(evictor);
  Offers& offers = offers_to(evictor, rank);
  if (!offers.any) return as_it_is(evictor, among);
  const Costs& costs = costs_for(evictor, rank, offers, room);
  const EvictionCost* least = nullptr;
  std::vector<NodeId> equals;
  for (const NodeId node : among) {
    const auto& cost = costs.nodes[cluster_.rank(node)];
    if (!cost) continue;
    const auto order = least == nullptr ? std::strong_ordering::less : *cost <=> *least;
    if (order > 0) continue;
    if (order < 0) equals.clear();
    least = &*cost;
    equals.push_back(node);
  }
  if (least == nullptr) return std::nullopt;
  if (least->victims == 0) {
    if (auto choice = as_it_is(evictor, among)) return choice;
  }
  const NodeId node = best_of(evictor, equals);
  // Only what they cost is remembered. (A plan that is gone means that a plugin reads more than it says.)
  auto victims = on_node_.plan(evictor, node, offers.nodes[cluster_.rank(node)], room);
  if (!victims) return std::nullopt;
  return Choice{node, std::move(*victims)};
}

/// A place for which nobody has to go.
std::optional<EvictionSearch::Choice> EvictionSearch::as_it_is(TaskId evictor, std::span<const NodeId> among) const {
  FitSummary why;
  const bool anywhere = among.size() == cluster_.nodes_in_order().size();
  const auto placement =
      anywhere ? session_.find_placement(evictor, why) : session_.find_placement(evictor, among, why);
  if (!placement) return std::nullopt;
  return Choice{placement->node, {}};
}

NodeId EvictionSearch::best_of(TaskId evictor, const std::vector<NodeId>& nodes) const {
  if (nodes.size() == 1) return nodes.front();
  const std::vector<Score> scores = session_.scores(evictor, nodes);
  const auto best = std::max_element(scores.begin(), scores.end());  // the first of equals
  return nodes[static_cast<std::size_t>(best - scores.begin())];
}

// --- what is remembered ---

EvictionSearch::Rank EvictionSearch::rank_of(TaskId evictor) const {
  const Task& task = cluster_.tasks()[evictor];
  const Job& job = cluster_.jobs()[task.job];
  Rank rank{job.queue, job.priority, task.priority, cluster_.spec(evictor).is_best_effort(), JobId{}, TaskId{}};
  // A job's own tasks are no candidates, or the only ones.
  if (kind_ == EvictionKind::within_job || has_evictable_tasks(cluster_, task.job)) rank.job = task.job;
  if (victim_inputs_.contains(VictimInput::evictor_job)) rank.task = evictor;
  return rank;
}

Stale EvictionSearch::staleness_of_offers() const {
  if (remember_ == Remember::no) return Stale::at_once;
  if (victim_inputs_.contains(VictimInput::queues) || victim_inputs_.contains(VictimInput::evictor_job)) {
    return Stale::by_any_change;
  }
  return victim_inputs_.contains(VictimInput::candidate_jobs) ? Stale::by_its_jobs : Stale::by_its_own_changes;
}

EvictionSearch::Offers& EvictionSearch::offers_to(TaskId evictor, const Rank& rank) {
  if (offers_.size() > kMemories) offers_.clear();
  const auto known = offers_.try_emplace(rank, Offers{{cluster_, staleness_of_offers()}, false}).first;
  Offers& offers = known->second;
  const std::size_t learnt = offers.nodes.bring_up_to_date([&](NodeId node) { return on_node_.may_go(evictor, node); });
  if (learnt > 0) {
    offers.any = false;
    for (std::size_t i = 0; i < offers.nodes.size() && !offers.any; ++i) offers.any = !offers.nodes[i].empty();
  }
  return offers;
}

const EvictionSearch::Costs& EvictionSearch::costs_for(TaskId evictor, const Rank& rank, Offers& offers, Room room) {
  if (costs_.size() > kMemories) costs_.clear();
  const Inputs filters = session_.filter_inputs(evictor);
  const bool is_alone = filters.contains(Input::task) || filters.contains(Input::job);
  const Likeness likeness{rank, cluster_.tasks()[evictor].spec, is_alone ? evictor : TaskId{}, room};
  const bool looks_around = filters.contains(Input::other_placements) || filters.contains(Input::queue) || is_alone;
  Stale stale = staleness_of_offers();
  if (remember_ == Remember::yes && looks_around) stale = Stale::by_any_change;
  Costs& costs = costs_.try_emplace(likeness, Costs{{cluster_, stale}, {}}).first->second;
  if (room == Room::on_node_and_in_queue) {
    const Resources holds = cluster_.allocated(rank.queue) + cluster_.pipelined(rank.queue);
    if (holds != costs.queue_holds) costs.nodes.forget_all();
    costs.queue_holds = holds;
  }
  costs.nodes.bring_up_to_date([&](NodeId node) -> std::optional<EvictionCost> {
    const auto victims = on_node_.plan(evictor, node, offers.nodes[cluster_.rank(node)], room);
    if (!victims) return std::nullopt;
    return EvictionCost::of(*victims, cluster_);
  });
  offers.nodes.skip_changes();
  return costs;
}

std::size_t EvictionSearch::Hash::operator()(const Rank& rank) const {
  return hash_of(std::hash<QueueId>{}(rank.queue), rank.job_priority, rank.task_priority, rank.best_effort,
                 std::hash<JobId>{}(rank.job), std::hash<TaskId>{}(rank.task));
}

std::size_t EvictionSearch::Hash::operator()(const Likeness& likeness) const {
  return hash_of((*this)(likeness.rank), std::hash<SpecId>{}(likeness.spec), std::hash<TaskId>{}(likeness.task),
                 likeness.room);
}

}  // namespace basalt
