#include "basalt/framework/cluster.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "basalt/base/check.hpp"
#include "framework/row_hash.hpp"

namespace basalt {
namespace {

template <class... Columns>
void grow_all(std::uint32_t slots, Columns&... columns) {
  (columns.grow(slots), ...);
}
template <class... Columns>
void clear_all(std::uint32_t slot, Columns&... columns) {
  (columns.clear(slot), ...);
}

void add_or_subtract(Resources& sum, const Resources& amount, bool add) {
  if (add) {
    sum += amount;
  } else {
    sum -= amount;
  }
}

}  // namespace

Cluster::Cluster() {
  total_used_.grow(1);
  for (Dimension kind = 0; kind < schema_.size(); ++kind) symbols_.intern(schema_.name(kind));
  HyperNode root;
  root.name = Topology::kRootName;
  top_hyper_node_ = hyper_nodes_.insert(std::move(root));
}
Cluster::~Cluster() = default;

// --- vocabulary ---

Result<Resources> Cluster::resources(const NamedAmounts& amounts) {
  for (const NamedAmount& amount : amounts) symbols_.intern(amount.name);  // reasons name the kind
  return schema_.resources(amounts);
}

Result<Limits> Cluster::limits(const NamedAmounts& amounts) {
  for (const NamedAmount& amount : amounts) symbols_.intern(amount.name);
  return schema_.limits(amounts);
}

Symbol Cluster::kind_name(Dimension kind) const {
  while (kind_names_.size() <= kind) {
    const auto known = symbols_.find(schema_.name(static_cast<Dimension>(kind_names_.size())));
    if (!known) return Symbol{};
    kind_names_.push_back(*known);
  }
  return kind_names_[kind];
}

// --- order of nodes ---

void Cluster::put_in_order() const {
  nodes_in_order_.clear();
  nodes_.for_each([&](NodeId id, const Node& node) {
    if (!node.placeholder) nodes_in_order_.push_back(id);
  });
  std::sort(nodes_in_order_.begin(), nodes_in_order_.end(),
            [&](NodeId left, NodeId right) { return node_name(left) < node_name(right); });
  ranks_.assign(nodes_.slots(), kNoRank);
  for (std::uint32_t i = 0; i < nodes_in_order_.size(); ++i) ranks_[nodes_in_order_[i].slot()] = i;
  order_is_stale_ = false;
}

// --- columns ---

namespace {

/// The first kind of which there is too little: those that every cluster has in their order, then by name. How the
/// others are numbered depends on who came first, and what is said must not.
template <class LeftOf>
std::optional<Dimension> first_shortage(const ResourceSchema& schema, const Resources& request, LeftOf&& left_of) {
  std::optional<Dimension> first;
  for (Dimension kind = 0; kind < request.width(); ++kind) {
    if (request[kind] <= 0 || request[kind] <= left_of(kind)) continue;
    if (kind < NodeAmounts::kKinds) return kind;
    if (!first || schema.name(kind) < schema.name(*first)) first = kind;
  }
  return first;
}

}  // namespace

std::optional<Dimension> Cluster::idle_shortage(NodeId node, const Resources& request) const {
  return first_shortage(schema_, request, [&](Dimension kind) { return idle(node, kind); });
}

std::optional<Dimension> Cluster::future_shortage(NodeId node, const Resources& request) const {
  return first_shortage(schema_, request, [&](Dimension kind) { return future_idle(node, kind); });
}

namespace {

std::uint32_t sum_of(const StatusCounts& counts, std::initializer_list<TaskStatus> statuses) {
  std::uint32_t sum = 0;
  for (const TaskStatus status : statuses) sum += counts[static_cast<std::size_t>(status)];
  return sum;
}
std::uint32_t ready(const StatusCounts& counts) {
  return sum_of(counts, {TaskStatus::allocated, TaskStatus::binding, TaskStatus::bound, TaskStatus::running,
                         TaskStatus::succeeded});
}
std::uint32_t valid(const StatusCounts& counts) {
  return ready(counts) + sum_of(counts, {TaskStatus::pipelined, TaskStatus::pending});
}

}  // namespace

std::uint32_t Cluster::ready_tasks(JobId job) const { return ready(counts(job)); }
std::uint32_t Cluster::waiting_tasks(JobId job) const { return count(job, TaskStatus::pipelined); }
std::uint32_t Cluster::valid_tasks(JobId job) const { return valid(counts(job)); }
std::uint32_t Cluster::ready_tasks(SubJobId sub_job) const { return ready(counts(sub_job)); }
std::uint32_t Cluster::waiting_tasks(SubJobId sub_job) const { return count(sub_job, TaskStatus::pipelined); }
std::uint32_t Cluster::valid_tasks(SubJobId sub_job) const { return valid(counts(sub_job)); }

// --- placement ---

void Cluster::move(TaskId task, TaskStatus status, NodeId node) {
  BASALT_CHECK(static_cast<bool>(node) == is_on_node(status), "a task is on a node exactly when its status says so");
  BASALT_CHECK(!node || nodes_.contains(node), "a task was moved to a node that does not exist");
  if (status == status_[task] && node == node_of_[task]) return;
  if (status == TaskStatus::succeeded || status == TaskStatus::failed) ++claims_moment_;
  leave(task);
  enter(task, status, node);
}

void Cluster::tell_assigned(TaskId task, NodeId node, const StringPairs& annotations) {
  for (PlacementKeeper* keeper : keepers_) keeper->assigned(*this, task, node, annotations);
}

void Cluster::enter(TaskId task, TaskStatus status, NodeId node) {
  const Task& row = tasks_[task];
  const Spec& spec = specs()[row.spec];
  status_.edit(task) = status;
  if (node_of_[task] != node) node_of_.edit(task) = node;
  if (node) {
    link(task, node);
    occupy(node, status, spec.request, true);
    for (PlacementKeeper* keeper : keepers_) keeper->placed(*this, task, node);
    note_use(node);
  }
  if (row.job) count_in(row.job, jobs_[row.job].queue, status, spec, true);
  if (row.sub_job) count_in(row.sub_job, status, true);
}

void Cluster::leave(TaskId task) {
  const Task& row = tasks_[task];
  const Spec& spec = specs()[row.spec];
  const TaskStatus status = status_[task];
  const NodeId node = node_of_[task];
  if (node) {
    unlink(task, node);
    occupy(node, status, spec.request, false);
    for (PlacementKeeper* keeper : keepers_) keeper->removed(*this, task, node);
    note_use(node);
    if (!undo_.is_open()) relieved_.note(node.slot());
  }
  if (row.job) count_in(row.job, jobs_[row.job].queue, status, spec, false);
  if (row.sub_job) count_in(row.sub_job, status, false);
}

void Cluster::occupy(NodeId node, TaskStatus status, const Resources& request, bool add) {
  if (status == TaskStatus::pipelined) {
    add_or_subtract(pipelined_.edit(node), request, add);
    return;
  }
  add_or_subtract(used_.edit(node), request, add);
  if (!nodes_[node].placeholder) add_or_subtract(total_used_.edit(kTotals), request, add);
  if (status == TaskStatus::releasing) add_or_subtract(releasing_.edit(node), request, add);
}

void Cluster::link(TaskId task, NodeId node) {
  const TaskId first = first_on_[node];
  next_on_.edit(task) = first;
  previous_on_.edit(task) = TaskId{};
  if (first) previous_on_.edit(first) = task;
  first_on_.edit(node) = task;
}

void Cluster::unlink(TaskId task, NodeId node) {
  const TaskId previous = previous_on_[task];
  const TaskId next = next_on_[task];
  if (previous) {
    next_on_.edit(previous) = next;
  } else {
    first_on_.edit(node) = next;
  }
  if (next) previous_on_.edit(next) = previous;
  next_on_.edit(task) = TaskId{};
  previous_on_.edit(task) = TaskId{};
}

void Cluster::count_in(JobId job, QueueId queue, TaskStatus status, const Spec& spec, bool add) {
  note_job(job);
  std::uint32_t& counter = counts_.edit(job)[static_cast<std::size_t>(status)];
  counter = add ? counter + 1 : counter - 1;
  if (status == TaskStatus::pending && spec.is_best_effort()) {
    std::uint32_t& best_effort = pending_best_effort_.edit(job);
    best_effort = add ? best_effort + 1 : best_effort - 1;
  }
  if (is_allocated(status)) {
    add_or_subtract(job_allocated_.edit(job), spec.request, add);
    if (queue) add_or_subtract(queue_allocated_.edit(queue), spec.request, add);
  } else if (status == TaskStatus::pipelined) {
    add_or_subtract(job_pipelined_.edit(job), spec.request, add);
    if (queue) add_or_subtract(queue_pipelined_.edit(queue), spec.request, add);
  } else if (status == TaskStatus::pending) {
    add_or_subtract(job_pending_.edit(job), spec.request, add);
    if (queue) add_or_subtract(queue_pending_.edit(queue), spec.request, add);
  }
}

void Cluster::set_phase(JobId job, JobPhase phase) {
  if (phase_[job] == phase) return;
  phase_.edit(job) = phase;
  if (phase != JobPhase::inqueue) ++claims_moment_;
  note_job(job);
}

void Cluster::refresh_amounts(NodeId node) {
  NodeAmounts& amounts = amounts_[node.slot()];
  const Resources& allocatable = nodes_[node].allocatable;
  for (Dimension kind = 0; kind < NodeAmounts::kKinds; ++kind) {
    amounts.allocatable[kind] = allocatable[kind];
    amounts.used[kind] = used_[node][kind];
    amounts.releasing[kind] = releasing_[node][kind];
    amounts.pipelined[kind] = pipelined_[node][kind];
  }
}

void Cluster::note_row(NodeId node) {
  note_use(node);
  relieved_.note(node.slot());
  is_countable_[node.slot()] = nodes_[node].uncountable_pods == 0 ? 1 : 0;
  if (node.slot() >= row_changed_.size()) row_changed_.resize(node.slot() + std::size_t{1});
  row_changed_[node.slot()] = node_changes_.now();
}

// --- undo ---

UndoLog::Mark Cluster::open_undo() { return undo_.open(); }

void Cluster::rollback(UndoLog::Mark mark) {
  undo_.rollback(mark, [this](const ColumnBase* column, std::uint32_t slot) {
    if (column == &used_ || column == &pipelined_ || column == &releasing_) note_use(nodes_.id_in(slot));
    if (column == &counts_ || column == &phase_) note_job(jobs_.id_in(slot));
  });
}

std::uint64_t Cluster::fingerprint() const {
  std::uint64_t hash = kEmptyHash;
  const ColumnBase* columns[] = {&status_,
                                 &node_of_,
                                 &next_on_,
                                 &previous_on_,
                                 &first_on_,
                                 &used_,
                                 &releasing_,
                                 &pipelined_,
                                 &counts_,
                                 &job_allocated_,
                                 &job_pipelined_,
                                 &job_pending_,
                                 &phase_,
                                 &queue_allocated_,
                                 &queue_pipelined_,
                                 &queue_pending_,
                                 &pending_best_effort_,
                                 &total_used_,
                                 &sub_job_counts_};
  for (const ColumnBase* column : columns) hash = std::rotl(hash, 5) ^ column->fingerprint();
  for (const auto& column : plugin_node_columns_) hash = std::rotl(hash, 5) ^ column->fingerprint();
  for (const auto& counters : plugin_counters_) hash = std::rotl(hash, 5) ^ counters->fingerprint();
  return hash;
}

// --- columns of plugins ---

void Cluster::remove_node_column(const ColumnBase& column) {
  check_between_cycles();
  std::erase_if(plugin_node_columns_, [&](const auto& kept) { return kept.get() == &column; });
}

KeyedCounters& Cluster::add_counters() {
  check_between_cycles();
  return *plugin_counters_.emplace_back(std::make_unique<KeyedCounters>(undo_));
}

void Cluster::remove_counters(const KeyedCounters& counters) {
  check_between_cycles();
  std::erase_if(plugin_counters_, [&](const auto& kept) { return kept.get() == &counters; });
}

void Cluster::attach(PlacementKeeper& keeper) {
  check_between_cycles();
  keepers_.push_back(&keeper);
  nodes_.for_each([&](NodeId node, const Node&) { keeper.node_changed(*this, node); });
  specs().for_each([&](SpecId spec, const Spec&) { keeper.spec_added(*this, spec); });
  label_sets().for_each([&](LabelSetId labels, const PodLabels&) { keeper.labels_added(*this, labels); });
  tasks_.for_each([&](TaskId task, const Task&) {
    if (node_of_[task]) keeper.placed(*this, task, node_of_[task]);
  });
}

void Cluster::detach(PlacementKeeper& keeper) { std::erase(keepers_, &keeper); }

// --- rows ---

void Cluster::check_between_cycles() const {
  BASALT_CHECK(!undo_.is_open(), "rows and columns are added and removed between cycles only");
}

NodeId Cluster::insert_node(Node row) {
  check_between_cycles();
  if (!row.placeholder) total_allocatable_ += row.allocatable;
  ++frame_epoch_;
  const NodeId node = nodes_.insert(std::move(row));
  grow_all(nodes_.slots(), first_on_, used_, releasing_, pipelined_);
  clear_all(node.slot(), first_on_, used_, releasing_, pipelined_);
  amounts_.resize(nodes_.slots());
  is_countable_.resize(nodes_.slots());
  for (const auto& column : plugin_node_columns_) {
    column->grow(nodes_.slots());
    column->clear(node.slot());
  }
  forget_order();
  note_row(node);
  for (PlacementKeeper* keeper : keepers_) keeper->node_changed(*this, node);
  return node;
}

void Cluster::replace_node(NodeId node, Node row) {
  check_between_cycles();
  Node& kept = nodes_[node];
  if (kept == row) return;  // a heartbeat
  if (!kept.placeholder) total_allocatable_ -= kept.allocatable;
  if (!row.placeholder) total_allocatable_ += row.allocatable;
  if (kept.placeholder != row.placeholder) add_or_subtract(total_used_.edit(kTotals), used_[node], kept.placeholder);
  if (kept.placeholder != row.placeholder || kept.name != row.name) forget_order();
  if (kept.placeholder != row.placeholder || kept.allocatable != row.allocatable) ++frame_epoch_;
  const bool is_elsewhere = kept.placeholder != row.placeholder || kept.labels != row.labels ||
                            kept.taints != row.taints || kept.devices != row.devices || kept.numa != row.numa;
  const auto tell_of_tasks = [&](auto what) {
    if (!is_elsewhere) return;
    for (PlacementKeeper* keeper : keepers_) {
      for_each_task_on(node, [&](TaskId task) { (keeper->*what)(*this, task, node); });
    }
  };
  tell_of_tasks(&PlacementKeeper::removed);
  kept = std::move(row);
  for (PlacementKeeper* keeper : keepers_) keeper->node_changed(*this, node);
  tell_of_tasks(&PlacementKeeper::placed);
  note_row(node);
}

void Cluster::erase_node(NodeId node) {
  check_between_cycles();
  BASALT_CHECK(!first_on_[node], "a node was erased while tasks are on it");
  if (!nodes_[node].placeholder) total_allocatable_ -= nodes_[node].allocatable;
  for (PlacementKeeper* keeper : keepers_) keeper->node_removed(*this, node);
  ++frame_epoch_;
  node_changes_.forget(node.slot());
  relieved_.forget(node.slot());
  nodes_.erase(node);
  forget_order();
}

QueueId Cluster::insert_queue(Queue row) {
  check_between_cycles();
  ++frame_epoch_;
  const QueueId queue = queues_.insert(std::move(row));
  grow_all(queues_.slots(), queue_allocated_, queue_pipelined_, queue_pending_);
  clear_all(queue.slot(), queue_allocated_, queue_pipelined_, queue_pending_);
  return queue;
}

void Cluster::replace_queue(QueueId queue, Queue row) {
  check_between_cycles();
  Queue& kept = queues_[queue];
  kept.observed_allocated = row.observed_allocated;  // decides nothing
  row.past = kept.past;
  if (kept == row) return;
  ++frame_epoch_;
  kept = std::move(row);
}

void Cluster::erase_queue(QueueId queue) {
  check_between_cycles();
  std::vector<JobId> orphans;
  jobs_.for_each([&](JobId id, const Job& job) {
    if (job.queue == queue) orphans.push_back(id);
  });
  for (const JobId job : orphans) {
    jobs_[job].queue = QueueId{};
    note_job(job);
  }
  ++frame_epoch_;
  queues_.erase(queue);
}

JobId Cluster::insert_job(Job row) {
  check_between_cycles();
  BASALT_CHECK(row.tasks.empty() && row.sub_jobs.empty(), "tasks join a job when they are inserted");
  const JobId job = jobs_.insert(std::move(row));
  grow_all(jobs_.slots(), counts_, pending_best_effort_, job_allocated_, job_pipelined_, job_pending_, phase_);
  clear_all(job.slot(), counts_, pending_best_effort_, job_allocated_, job_pipelined_, job_pending_, phase_);
  phase_.edit(job) = jobs_[job].observed.phase;
  note_job(job);
  return job;
}

void Cluster::replace_job(JobId job, Job row) {
  check_between_cycles();
  Job& kept = jobs_[job];
  if (kept.queue != row.queue) {
    for (const auto& [from, to] : {std::pair{kept.queue, false}, std::pair{row.queue, true}}) {
      if (!from) continue;
      add_or_subtract(queue_allocated_.edit(from), job_allocated_[job], to);
      add_or_subtract(queue_pipelined_.edit(from), job_pipelined_[job], to);
      add_or_subtract(queue_pending_.edit(from), job_pending_[job], to);
    }
  }
  const std::vector<TaskId> tasks = std::exchange(kept.tasks, {});
  const std::vector<SubJobId> sub_jobs = std::exchange(kept.sub_jobs, {});
  const bool regroup = kept.has_parts() != row.has_parts() || kept.sub_groups != row.sub_groups;
  const bool is_news = kept != row;  // most updates echo what was written
  if (is_news) kept = std::move(row);
  kept.tasks = tasks;
  kept.sub_jobs = sub_jobs;
  if (is_news) note_job(job);
  if (is_news) ++claims_moment_;
  if (!regroup) return;
  for (const TaskId task : tasks) remove_from_sub_job(task);
  for (const TaskId task : tasks) add_to_sub_job(task, job);
}

void Cluster::erase_job(JobId job) {
  check_between_cycles();
  const std::vector<TaskId> tasks = jobs_[job].tasks;
  for (const TaskId task : tasks) remove_from_job(task, job);
  job_changes_.note(job.slot());
  ++claims_moment_;
  jobs_.erase(job);
}

TaskId Cluster::insert_task(Task row) {
  check_between_cycles();
  const JobId job = row.job;
  row.job = JobId{};
  row.sub_job = SubJobId{};
  const TaskId task = tasks_.insert(std::move(row));
  grow_all(tasks_.slots(), status_, node_of_, next_on_, previous_on_);
  clear_all(task.slot(), status_, node_of_, next_on_, previous_on_);
  if (job) add_to_job(task, job);
  return task;
}

void Cluster::replace_task(TaskId task, Task row) {
  check_between_cycles();
  row.sub_job = tasks_[task].sub_job;  // follows from the rest
  if (tasks_[task] == row) return;
  ++claims_moment_;
  const TaskStatus status = status_[task];
  const NodeId node = node_of_[task];
  const JobId job = row.job;
  // Out of every sum with the old row, and in again with the new one.
  move(task, TaskStatus::pending, NodeId{});
  if (tasks_[task].job) remove_from_job(task, tasks_[task].job);
  row.job = JobId{};
  row.sub_job = SubJobId{};
  tasks_[task] = std::move(row);
  if (job) add_to_job(task, job);
  move(task, status, node);
}

void Cluster::erase_task(TaskId task) {
  check_between_cycles();
  ++claims_moment_;
  move(task, TaskStatus::pending, NodeId{});
  if (tasks_[task].job) remove_from_job(task, tasks_[task].job);
  tasks_.erase(task);
}

void Cluster::assign(TaskId task, StringPairs assigned) {
  check_between_cycles();
  BASALT_CHECK(!node_of_[task], "what a task got of its node changes while it is there");
  tasks_[task].assigned = std::move(assigned);
}

void Cluster::add_to_job(TaskId task, JobId job) {
  Task& row = tasks_[task];
  row.job = job;
  std::vector<TaskId>& members = jobs_[job].tasks;
  const auto place = std::upper_bound(members.begin(), members.end(), task, [&](TaskId left, TaskId right) {
    return comes_before(tasks_[left], tasks_[right]);
  });
  members.insert(place, task);
  add_to_sub_job(task, job);
  count_in(job, jobs_[job].queue, status_[task], specs()[row.spec], true);
}

void Cluster::remove_from_job(TaskId task, JobId job) {
  Task& row = tasks_[task];
  remove_from_sub_job(task);
  count_in(job, jobs_[job].queue, status_[task], specs()[row.spec], false);
  std::erase(jobs_[job].tasks, task);
  row.job = JobId{};
}

// --- what was written, or is about to be ---

void Cluster::assume(const JobStatus& status) {
  check_between_cycles();
  JobObserved& observed = jobs_[status.job].observed;
  observed.phase = status.phase;
  observed.phase_text = to_string(status.phase);
  observed.running = status.running;
  observed.succeeded = status.succeeded;
  observed.failed = status.failed;
  set_phase(status.job, status.phase);
}

void Cluster::assume(const JobCondition& decided) {
  check_between_cycles();
  std::vector<ConditionText>& conditions = jobs_[decided.job].observed.conditions;
  const auto same = std::find_if(conditions.begin(), conditions.end(), [&](const ConditionText& condition) {
    return condition.type == decided.condition.type;
  });
  if (same == conditions.end()) {
    conditions.push_back(decided.condition);
  } else {
    *same = decided.condition;
  }
}

void Cluster::assume(const TaskCondition& decided) {
  check_between_cycles();
  tasks_[decided.task].scheduled = ConditionText{"PodScheduled", "False", decided.reason, decided.message};
}

void Cluster::assume(const QueueStatus& status) {
  check_between_cycles();
  queues_[status.queue].observed_allocated = status.allocated;
}

void Cluster::forget_observed_condition(TaskId task) {
  tasks_[task].scheduled.reset();
  if (tasks_[task].job) note_job(tasks_[task].job);
}

void Cluster::forget_observed_allocated(QueueId queue) { queues_[queue].observed_allocated.clear(); }

SpecId Cluster::intern_spec(Spec spec) {
  const SpecId id = specs_.take(std::move(spec));
  if (specs_.users(id) == 1) {
    for (PlacementKeeper* keeper : keepers_) keeper->spec_added(*this, id);
  }
  return id;
}

void Cluster::release_spec(SpecId spec) {
  if (specs_.users(spec) == 1) {
    for (PlacementKeeper* keeper : keepers_) keeper->spec_removed(*this, spec);
  }
  specs_.release(spec);
}

LabelSetId Cluster::intern_labels(PodLabels labels) {
  const LabelSetId id = label_sets_.take(std::move(labels));
  if (label_sets_.users(id) == 1) {
    for (PlacementKeeper* keeper : keepers_) keeper->labels_added(*this, id);
  }
  return id;
}

void Cluster::release_labels(LabelSetId labels) {
  if (label_sets_.users(labels) == 1) {
    for (PlacementKeeper* keeper : keepers_) keeper->labels_removed(*this, labels);
  }
  label_sets_.release(labels);
}

}  // namespace basalt
