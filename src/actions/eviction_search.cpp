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

bool EvictionSearch::make_room(TaskId evictor, Transaction& tx) {
  const JobId job = cluster_.tasks()[evictor].job;
  for (const Room room : {Room::on_node, Room::on_node_and_in_queue}) {
    const auto node = cheapest(evictor, room);
    if (!node) return false;
    const auto victims = on_node_.plan(evictor, *node, room);
    const Transaction::Savepoint before = tx.savepoint();
    for (const TaskId victim : *victims) tx.evict(victim, reason_);
    std::string why;
    if (kind_ == EvictionKind::across_queues || session_.allocatable(cluster_.jobs()[job].queue, evictor, why)) {
      tx.pipeline(evictor, *node);
      return true;
    }
    tx.rollback(before);
  }
  return false;
}

/// The victims must be asked for again: only what they cost is remembered.
std::optional<NodeId> EvictionSearch::cheapest(TaskId evictor, Room room) {
  Memory& memory = recall(evictor, likeness(evictor, room));
  bring_up_to_date(memory, evictor, room);
  const NodeCost* least = nullptr;
  for (const NodeCost& node : memory.nodes) {
    if (node.known == NodeCost::Known::possible && (least == nullptr || node.cost < least->cost)) least = &node;
  }
  if (least == nullptr) return std::nullopt;
  if (least->cost.victims == 0) {
    FitSummary why;
    if (const auto placement = session_.find_placement(evictor, why)) return placement->node;
  }
  return choose(evictor, memory, least->cost);
}

NodeId EvictionSearch::choose(TaskId evictor, const Memory& memory, const EvictionCost& least) const {
  std::vector<NodeId> equals;
  const auto nodes = cluster_.nodes_in_order();
  for (std::size_t rank = 0; rank < nodes.size(); ++rank) {
    const NodeCost& node = memory.nodes[rank];
    if (node.known == NodeCost::Known::possible && node.cost == least) equals.push_back(nodes[rank]);
  }
  if (equals.size() == 1) return equals.front();
  const std::vector<Score> scores = session_.scores(evictor, equals);
  const auto best = std::max_element(scores.begin(), scores.end());  // the first of equals
  return equals[static_cast<std::size_t>(best - scores.begin())];
}

// --- memory ---

EvictionSearch::Likeness EvictionSearch::likeness(TaskId evictor, Room room) const {
  const Task& task = cluster_.tasks()[evictor];
  const Job& job = cluster_.jobs()[task.job];
  const Inputs filters = session_.filter_inputs(evictor);
  Likeness like{task.spec, job.queue, job.priority, task.priority, JobId{}, TaskId{}, room};
  // A job's own tasks are no candidates, or the only ones.
  if (kind_ == EvictionKind::within_job || has_evictable_tasks(cluster_, task.job) ||
      victim_inputs_.contains(VictimInput::evictor_job) || filters.contains(Input::job)) {
    like.job = task.job;
  }
  if (filters.contains(Input::task)) like.task = evictor;
  return like;
}

std::size_t EvictionSearch::LikenessHash::operator()(const Likeness& likeness) const {
  std::uint64_t hash = 0;
  const auto fold = [&](std::uint64_t part) { hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL + (hash >> 29U); };
  fold(std::hash<SpecId>{}(likeness.spec));
  fold(std::hash<QueueId>{}(likeness.queue));
  fold(static_cast<std::uint64_t>(likeness.job_priority));
  fold(static_cast<std::uint64_t>(likeness.task_priority));
  fold(std::hash<JobId>{}(likeness.job));
  fold(std::hash<TaskId>{}(likeness.task));
  fold(static_cast<std::uint64_t>(likeness.room));
  return static_cast<std::size_t>(hash);
}

EvictionSearch::Memory& EvictionSearch::recall(TaskId evictor, const Likeness& likeness) {
  if (memories_.size() > kMemories) memories_.clear();
  const auto known = memories_.find(likeness);
  if (known != memories_.end()) return known->second;
  Memory memory{std::vector<NodeCost>(cluster_.nodes_in_order().size()), ChangeReader(cluster_), Resources{}};
  const Inputs filters = session_.filter_inputs(evictor);
  memory.lasts = remember_ == Remember::yes && !victim_inputs_.contains(VictimInput::queues) &&
                 !victim_inputs_.contains(VictimInput::evictor_job) && !filters.contains(Input::job) &&
                 !filters.contains(Input::queue) && !filters.contains(Input::other_placements);
  return memories_.emplace(likeness, std::move(memory)).first->second;
}

void EvictionSearch::bring_up_to_date(Memory& memory, TaskId evictor, Room room) {
  const auto forget_all = [&] { std::fill(memory.nodes.begin(), memory.nodes.end(), NodeCost{}); };
  const auto forget = [&](NodeId node) { memory.nodes[cluster_.rank(node)] = NodeCost{}; };
  if (remember_ == Remember::no || (!memory.lasts && !memory.changes.nothing_new())) {
    forget_all();
  } else {
    memory.changes.for_each_node(forget);
    if (victim_inputs_.contains(VictimInput::candidate_jobs)) memory.changes.for_each_node_of_a_job(forget);
  }
  if (room == Room::on_node_and_in_queue) {
    const QueueId queue = cluster_.jobs()[cluster_.tasks()[evictor].job].queue;
    const Resources holds = cluster_.allocated(queue) + cluster_.pipelined(queue);
    if (holds != memory.queue_holds) forget_all();
    memory.queue_holds = holds;
  }
  const auto nodes = cluster_.nodes_in_order();
  for (std::size_t rank = 0; rank < nodes.size(); ++rank) {
    NodeCost& node = memory.nodes[rank];
    if (node.known != NodeCost::Known::no) continue;
    const auto victims = on_node_.plan(evictor, nodes[rank], room);
    node.known = victims ? NodeCost::Known::possible : NodeCost::Known::impossible;
    if (victims) node.cost = EvictionCost::of(*victims, cluster_);
  }
  memory.changes.skip();  // what was tried has been undone
}

}  // namespace basalt
