#include "actions/eviction_search.hpp"

#include <algorithm>
#include <numeric>
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

std::optional<MadePlace> EvictionSearch::make_room(TaskId evictor, std::span<const NodeId> among, Transaction& tx) {
  if (!is_everywhere(among) || remember_ == Remember::no) return seek(evictor, among, tx);
  if (knows_no_room_for(evictor)) return std::nullopt;
  auto made = seek(evictor, among, tx);
  if (!made) failures_[likeness_of(evictor, rank_of(evictor), Room::on_node)] = failed_now();
  return made;
}

bool EvictionSearch::knows_no_room_for(TaskId evictor) const {
  if (failures_.empty()) return false;
  const auto known = failures_.find(likeness_of(evictor, rank_of(evictor), Room::on_node));
  return known != failures_.end() && known->second == failed_now();
}

std::optional<MadePlace> EvictionSearch::seek(TaskId evictor, std::span<const NodeId> among, Transaction& tx) {
  const QueueId queue = cluster_.jobs()[cluster_.tasks()[evictor].job].queue;
  for (const Room room : {Room::on_node, Room::on_node_and_in_queue}) {
    auto choice = cheapest(evictor, among, room);
    if (!choice) return std::nullopt;
    const Transaction::Savepoint before = tx.savepoint();
    for (const TaskId victim : choice->victims) tx.evict(victim, reason_);
    std::string why;
    if (kind_ == EvictionKind::across_queues || session_.allocatable(queue, evictor, why)) {
      tx.pipeline(evictor, choice->node);
      return choice;
    }
    tx.rollback(before);
  }
  return std::nullopt;
}

std::size_t EvictionSearch::count_offers(TaskId evictor) {
  const auto nodes = cluster_.nodes_in_order();
  const Offers& offers = offers_to(evictor, rank_of(evictor), nodes);
  return std::accumulate(nodes.begin(), nodes.end(), std::size_t{0},
                         [&](std::size_t sum, NodeId node) { return sum + offers.nodes[node].size(); });
}

std::optional<MadePlace> EvictionSearch::cheapest(TaskId evictor, std::span<const NodeId> among, Room room) {
  const Rank rank = rank_of(evictor);
  Offers& offers = offers_to(evictor, rank, among);
  const auto offers_any = [&](NodeId node) { return !offers.nodes[node].empty(); };
  const bool any = is_everywhere(among) ? offers.any : std::any_of(among.begin(), among.end(), offers_any);
  if (!any) return as_it_is(evictor, among);
  const Costs& costs = costs_for(evictor, rank, offers, among, room);
  const EvictionCost* least = nullptr;
  std::vector<NodeId> equals;
  for (const NodeId node : among) {
    const auto& cost = costs.nodes[node];
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
  auto victims = on_node_.plan(evictor, node, offers.nodes[node], room);
  if (!victims) return std::nullopt;
  return MadePlace{node, std::move(*victims)};
}

/// A place for which nobody has to go.
std::optional<MadePlace> EvictionSearch::as_it_is(TaskId evictor, std::span<const NodeId> among) const {
  FitSummary why;
  const auto placement =
      is_everywhere(among) ? session_.find_placement(evictor, why) : session_.find_placement(evictor, among, why);
  if (!placement) return std::nullopt;
  return MadePlace{placement->node, {}};
}

bool EvictionSearch::is_everywhere(std::span<const NodeId> among) const {
  return among.size() == cluster_.nodes_in_order().size();
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

EvictionSearch::Likeness EvictionSearch::likeness_of(TaskId evictor, const Rank& rank, Room room) const {
  const Inputs filters = session_.filter_inputs(evictor);
  const bool is_alone = filters.contains(Input::task) || filters.contains(Input::job);
  return {rank, cluster_.tasks()[evictor].spec, is_alone ? evictor : TaskId{}, room};
}

Stale EvictionSearch::staleness_of_offers() const {
  if (remember_ == Remember::no) return Stale::at_once;
  if (victim_inputs_.contains(VictimInput::queues) || victim_inputs_.contains(VictimInput::evictor_job)) {
    return Stale::by_any_change;
  }
  return victim_inputs_.contains(VictimInput::candidate_jobs) ? Stale::by_its_jobs : Stale::by_its_own_changes;
}

EvictionSearch::Offers& EvictionSearch::offers_to(TaskId evictor, const Rank& rank, std::span<const NodeId> among) {
  if (offers_.size() > kMemories) offers_.clear();
  auto known = offers_.find(rank);
  if (known == offers_.end()) {
    known = offers_.emplace(rank, Offers{{cluster_, staleness_of_offers()}, false, false}).first;
  }
  Offers& offers = known->second;
  const std::size_t learnt =
      offers.nodes.bring_up_to_date(among, [&](NodeId node) { return on_node_.may_go(evictor, node); });
  if (learnt > 0) offers.any_is_known = false;
  if (is_everywhere(among) && !offers.any_is_known) {
    offers.any = std::any_of(among.begin(), among.end(), [&](NodeId node) { return !offers.nodes[node].empty(); });
    offers.any_is_known = true;
  }
  return offers;
}

const EvictionSearch::Costs& EvictionSearch::costs_for(TaskId evictor, const Rank& rank, Offers& offers,
                                                       std::span<const NodeId> among, Room room) {
  if (costs_.size() > kMemories) costs_.clear();
  const Inputs filters = session_.filter_inputs(evictor);
  const Likeness likeness = likeness_of(evictor, rank, room);
  const bool looks_around = filters.contains(Input::other_placements) || filters.contains(Input::queue) ||
                            filters.contains(Input::task) || filters.contains(Input::job);
  Stale stale = staleness_of_offers();
  if (remember_ == Remember::yes && looks_around) stale = Stale::by_any_change;
  auto known = costs_.find(likeness);
  if (known == costs_.end()) known = costs_.emplace(likeness, Costs{{cluster_, stale}, {}}).first;
  Costs& costs = known->second;
  if (room == Room::on_node_and_in_queue) {
    const Resources holds = cluster_.allocated(rank.queue) + cluster_.pipelined(rank.queue);
    if (holds != costs.queue_holds) costs.nodes.forget_all();
    costs.queue_holds = holds;
  }
  costs.nodes.bring_up_to_date(among, [&](NodeId node) -> std::optional<EvictionCost> {
    const auto victims = on_node_.plan(evictor, node, offers.nodes[node], room);
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
