#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/symbol.hpp"
#include "basalt/base/table.hpp"
#include "basalt/framework/change_list.hpp"
#include "basalt/framework/column.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/framework/keyed_counters.hpp"
#include "basalt/framework/shared_rows.hpp"
#include "basalt/framework/topology.hpp"
#include "basalt/model/ids.hpp"
#include "basalt/model/resources.hpp"
#include "basalt/model/rows.hpp"

namespace basalt {

class Cluster;

/// Tasks of a job by status.
using StatusCounts = std::array<std::uint32_t, kTaskStatuses>;

/// The amounts of a node that are read most, side by side: kinds below `kKinds`. Follows from
/// the node's row and columns.
struct alignas(64) NodeAmounts {
  static constexpr Dimension kKinds = 4;  ///< cpu, memory, pods, ephemeral storage
  std::array<std::int64_t, kKinds> allocatable{}, used{}, releasing{}, pipelined{};
};

/// Keeps columns of its own up to date with what is placed where, so that a plugin needs no
/// pass over the cluster when a session opens. Told of every change of a task's placement:
/// by deltas, by transactions, and not by roll-backs, which restore the columns themselves.
/// Must write nothing but columns made by `Cluster::add_node_column` and `add_counters`.
///
/// What follows from rows alone, which change between cycles only, it may keep elsewhere: it is
/// told of specs, labels and nodes as they come and go. By default it does not care.
class PlacementKeeper {
 public:
  virtual ~PlacementKeeper() = default;
  /// A task now occupies `node` (any status that is on a node).
  virtual void placed(const Cluster& cluster, TaskId task, NodeId node) = 0;
  /// A task has left `node`; its row and status are still what they were there.
  virtual void removed(const Cluster& cluster, TaskId task, NodeId node) = 0;
  /// A session has just placed `task` on `node`, and this is what all plugins chose for it there
  /// (`NodeReserve`). It is in no row yet: `placed` was told before, and only a roll-back takes it back.
  virtual void assigned(const Cluster&, TaskId, NodeId, const StringPairs&) {}

  /// A spec has its first user. It may have no task yet.
  virtual void spec_added(const Cluster&, SpecId) {}
  /// A spec has lost its last user, and goes.
  virtual void spec_removed(const Cluster&, SpecId) {}
  /// The same for labels; of those that share a row the spec comes first and goes last.
  virtual void labels_added(const Cluster&, LabelSetId) {}
  virtual void labels_removed(const Cluster&, LabelSetId) {}
  /// A node has come, or has a new row. Around a row with other labels, taints, devices or
  /// cpus all tasks on the node are removed and placed again.
  virtual void node_changed(const Cluster&, NodeId) {}
  /// A node goes; no task is on it.
  virtual void node_removed(const Cluster&, NodeId) {}
};

/// The live tables: fixed rows, and beside them the columns that change. One thread only.
///
/// Rows are changed by the state between cycles. Columns are changed by `move`, the one
/// function that knows what a placement adds up to, under an undo log: while a mark is open
/// every changed cell can be put back exactly.
class Cluster {
 public:
  Cluster();
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // --- vocabulary ---
  [[nodiscard]] Symbols& symbols() { return symbols_; }
  [[nodiscard]] const Symbols& symbols() const { return symbols_; }
  [[nodiscard]] ResourceSchema& schema() { return schema_; }
  [[nodiscard]] const ResourceSchema& schema() const { return schema_; }

  // --- rows ---
  [[nodiscard]] const Table<TaskTag, Task>& tasks() const { return tasks_; }
  [[nodiscard]] const Table<JobTag, Job>& jobs() const { return jobs_; }
  [[nodiscard]] const Table<SubJobTag, SubJob>& sub_jobs() const { return sub_jobs_; }
  [[nodiscard]] const Table<QueueTag, Queue>& queues() const { return queues_; }
  [[nodiscard]] const Table<NodeTag, Node>& nodes() const { return nodes_; }
  [[nodiscard]] const Table<SpecTag, Spec>& specs() const { return specs_.rows(); }
  [[nodiscard]] const Table<LabelSetTag, PodLabels>& label_sets() const { return label_sets_.rows(); }
  /// The spec of a task.
  [[nodiscard]] const Spec& spec(TaskId task) const { return specs()[tasks_[task].spec]; }
  [[nodiscard]] const std::string& node_name(NodeId node) const { return symbols_.text(nodes_[node].name); }

  /// The name of a kind of resource as a symbol, for reasons.
  [[nodiscard]] Symbol kind_name(Dimension kind) const;

  /// Amounts by number; new kinds get one. Fails when there is no room for a kind.
  Result<Resources> resources(const NamedAmounts& amounts);
  Result<Limits> limits(const NamedAmounts& amounts);

  /// Nodes in the order in which ties are broken: by name. Placeholders are left out.
  [[nodiscard]] std::span<const NodeId> nodes_in_order() const {
    if (order_is_stale_) put_in_order();
    return nodes_in_order_;
  }
  /// Position of a node in `nodes_in_order`; `kNoRank` for placeholders.
  [[nodiscard]] std::uint32_t rank(NodeId node) const {
    if (order_is_stale_) put_in_order();
    return ranks_[node.slot()];
  }
  static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();

  /// HyperNodes as declared, and the virtual one on top of all.
  [[nodiscard]] const Table<HyperNodeTag, HyperNode>& hyper_nodes() const { return hyper_nodes_; }
  /// The forest that they form.
  [[nodiscard]] const Topology& topology() const;

  /// The ResourceQuotas of a namespace, by name.
  [[nodiscard]] std::span<const ResourceQuotaObject> quotas(std::string_view namespace_name) const;

  // --- columns ---
  [[nodiscard]] TaskStatus status(TaskId task) const { return status_[task]; }
  /// Where a task is or has its reservation; none while it is pending.
  [[nodiscard]] NodeId node_of(TaskId task) const { return node_of_[task]; }

  /// Requests of all tasks that occupy the node now, those that are leaving included.
  [[nodiscard]] const Resources& used(NodeId node) const { return used_[node]; }
  /// The part of `used` that belongs to tasks being deleted.
  [[nodiscard]] const Resources& releasing(NodeId node) const { return releasing_[node]; }
  /// Requests of tasks that hold a reservation here.
  [[nodiscard]] const Resources& pipelined(NodeId node) const { return pipelined_[node]; }
  [[nodiscard]] const NodeAmounts& amounts(NodeId node) const { return amounts_[node.slot()]; }
  /// Whether what is used of the node is known: no pod on it was rejected.
  [[nodiscard]] bool is_countable(NodeId node) const { return is_countable_[node.slot()] != 0; }
  /// Amounts of one kind.
  [[nodiscard]] std::int64_t allocatable(NodeId node, Dimension kind) const {
    return kind < NodeAmounts::kKinds ? amounts_[node.slot()].allocatable[kind] : nodes_[node].allocatable[kind];
  }
  [[nodiscard]] std::int64_t used(NodeId node, Dimension kind) const {
    return kind < NodeAmounts::kKinds ? amounts_[node.slot()].used[kind] : used_[node][kind];
  }
  [[nodiscard]] std::int64_t pipelined(NodeId node, Dimension kind) const {
    return kind < NodeAmounts::kKinds ? amounts_[node.slot()].pipelined[kind] : pipelined_[node][kind];
  }
  [[nodiscard]] std::int64_t releasing(NodeId node, Dimension kind) const {
    return kind < NodeAmounts::kKinds ? amounts_[node.slot()].releasing[kind] : releasing_[node][kind];
  }
  /// allocatable - used of one kind; may be negative.
  [[nodiscard]] std::int64_t idle(NodeId node, Dimension kind) const {
    return allocatable(node, kind) - used(node, kind);
  }
  /// What will be left once everything that is leaving has left and every reservation is taken:
  /// idle + releasing - pipelined.
  [[nodiscard]] std::int64_t future_idle(NodeId node, Dimension kind) const {
    return idle(node, kind) + releasing(node, kind) - pipelined(node, kind);
  }
  /// Whether all amounts of two nodes are equal, and what is kept of them in columns of plugins, and whether what is
  /// used of them is known: the same fits on both, and terms that read no more than that say the same of both.
  [[nodiscard]] bool are_alike(NodeId left, NodeId right) const;
  /// The same number for nodes whose amounts are equal, and hardly ever for others.
  [[nodiscard]] std::uint64_t likeness(NodeId node) const;
  /// The first kind of which `request` asks more than the node has idle, or will have.
  [[nodiscard]] std::optional<Dimension> idle_shortage(NodeId node, const Resources& request) const;
  [[nodiscard]] std::optional<Dimension> future_shortage(NodeId node, const Resources& request) const;

  /// Calls `visit(task)` for each task that occupies the node or has a reservation there. The
  /// order depends on history: sort where it matters.
  template <class Visit>
  void for_each_task_on(NodeId node, Visit&& visit) const {
    for (TaskId task = first_on_[node]; task; task = next_on_[task]) visit(task);
  }

  [[nodiscard]] const StatusCounts& counts(JobId job) const { return counts_[job]; }
  [[nodiscard]] std::uint32_t count(JobId job, TaskStatus status) const {
    return counts_[job][static_cast<std::size_t>(status)];
  }
  /// Pending tasks of a job that ask for nothing.
  [[nodiscard]] std::uint32_t pending_best_effort(JobId job) const { return pending_best_effort_[job]; }
  /// Requests of a job's tasks that are allocated, hold reservations, or are pending.
  [[nodiscard]] const Resources& allocated(JobId job) const { return job_allocated_[job]; }
  [[nodiscard]] const Resources& pipelined(JobId job) const { return job_pipelined_[job]; }
  [[nodiscard]] const Resources& pending(JobId job) const { return job_pending_[job]; }
  [[nodiscard]] JobPhase phase(JobId job) const { return phase_[job]; }
  /// Tasks of a part of a job by status.
  [[nodiscard]] const StatusCounts& counts(SubJobId sub_job) const { return sub_job_counts_[sub_job]; }
  [[nodiscard]] std::uint32_t count(SubJobId sub_job, TaskStatus status) const {
    return sub_job_counts_[sub_job][static_cast<std::size_t>(status)];
  }

  /// The same, over all jobs of a queue.
  [[nodiscard]] const Resources& allocated(QueueId queue) const { return queue_allocated_[queue]; }
  [[nodiscard]] const Resources& pipelined(QueueId queue) const { return queue_pipelined_[queue]; }
  [[nodiscard]] const Resources& pending(QueueId queue) const { return queue_pending_[queue]; }

  /// Over all nodes that take tasks.
  [[nodiscard]] const Resources& total_allocatable() const { return total_allocatable_; }
  [[nodiscard]] const Resources& total_used() const { return total_used_[kTotals]; }

  // --- numbers that gang rules are made of (Volcano's names) ---
  /// Allocated, Binding, Bound, Running, Succeeded.
  [[nodiscard]] std::uint32_t ready_tasks(JobId job) const;
  /// Pipelined.
  [[nodiscard]] std::uint32_t waiting_tasks(JobId job) const;
  /// Those that can still count towards the minimum: not releasing, failed or unknown.
  [[nodiscard]] std::uint32_t valid_tasks(JobId job) const;
  /// The same of a part of a job.
  [[nodiscard]] std::uint32_t ready_tasks(SubJobId sub_job) const;
  [[nodiscard]] std::uint32_t waiting_tasks(SubJobId sub_job) const;
  [[nodiscard]] std::uint32_t valid_tasks(SubJobId sub_job) const;
  /// Tasks that a part needs: its policy's size; of the default sub-job, 1, or where the job has no
  /// policies, the job's minimum.
  [[nodiscard]] std::int32_t min_member(SubJobId sub_job) const;

  // --- changes of placement: the only way columns change ---
  /// Moves a task to a status and, for statuses on a node, to a node (none otherwise), and
  /// keeps every sum, count and list in step. REQUIRES: `node` exists exactly when
  /// `is_on_node(status)`.
  void move(TaskId task, TaskStatus status, NodeId node);
  void set_phase(JobId job, JobPhase phase);
  /// Tells the keepers what a task that was just placed gets of its node besides amounts.
  void tell_assigned(TaskId task, NodeId node, const StringPairs& annotations);

  // --- what changed since when: for whoever keeps something up to date with the tables ---
  /// The moment of the last change of a node's row or use. Roll-backs are changes too.
  [[nodiscard]] std::uint64_t node_moment() const { return node_changes_.now(); }
  /// Calls `visit(node, row_changed)` for each node that changed after `moment`; `row_changed`:
  /// its row did, not only what is placed on it.
  template <class Visit>
  void for_each_node_changed_after(std::uint64_t moment, Visit&& visit) const {
    node_changes_.for_each_after(moment,
                                 [&](std::uint32_t slot) { visit(nodes_.id_in(slot), row_changed_[slot] > moment); });
  }
  /// Changes whenever `nodes_in_order` does: positions kept from before mean nothing.
  [[nodiscard]] std::uint64_t order_epoch() const { return order_epoch_; }
  /// The same for nodes that a task left, that changed otherwise than by tasks, or are new.
  /// What a session tries and takes back does not count.
  [[nodiscard]] std::uint64_t relief_moment() const { return relieved_.now(); }
  template <class Visit>
  void for_each_node_relieved_after(std::uint64_t moment, Visit&& visit) const {
    relieved_.for_each_after(moment, [&](std::uint32_t slot) { visit(nodes_.id_in(slot)); });
  }
  /// The same for a job's row, the status of its tasks and its phase. `visit(slot, job)`: jobs
  /// that have gone are visited too, as none.
  [[nodiscard]] std::uint64_t job_moment() const { return job_changes_.now(); }
  template <class Visit>
  void for_each_job_slot_changed_after(std::uint64_t moment, Visit&& visit) const {
    job_changes_.for_each_after(moment, [&](std::uint32_t slot) { visit(slot, jobs_.id_at(slot)); });
  }
  template <class Visit>
  void for_each_job_changed_after(std::uint64_t moment, Visit&& visit) const {
    for_each_job_slot_changed_after(moment, [&](std::uint32_t, JobId job) {
      if (job) visit(job);
    });
  }
  /// Counts what could make jobs claim less: jobs and tasks that go or have new rows, and phases but
  /// Inqueue.
  [[nodiscard]] std::uint64_t claims_moment() const { return claims_moment_; }
  /// Changes whenever `topology` does.
  [[nodiscard]] std::uint64_t topology_epoch() const { return topology_epoch_; }
  /// Changes whenever the row of a queue does, the topology, or the sum of what all nodes have.
  [[nodiscard]] std::uint64_t frame_epoch() const { return frame_epoch_; }

  // --- undo ---
  [[nodiscard]] UndoLog::Mark open_undo();
  void close_undo() { undo_.close(); }
  [[nodiscard]] UndoLog::Mark undo_mark() { return undo_.mark(); }
  void rollback(UndoLog::Mark mark);
  [[nodiscard]] bool undo_is_open() const { return undo_.is_open(); }
  /// Hash of all columns, those of plugins included.
  [[nodiscard]] std::uint64_t fingerprint() const;

  // --- columns of plugins ---
  /// A column for every node, owned and covered by the tables: saved, restored, fingerprinted.
  template <class T>
  Column<NodeTag, T>& add_node_column() {
    auto column = std::make_unique<Column<NodeTag, T>>(undo_);
    Column<NodeTag, T>& made = *column;
    made.grow(nodes_.slots());
    plugin_node_columns_.push_back(std::move(column));
    return made;
  }
  /// Drops a column made by `add_node_column`.
  void remove_node_column(const ColumnBase& column);
  /// Counters by key, covered by the tables in the same way.
  KeyedCounters& add_counters();
  void remove_counters(const KeyedCounters& counters);
  /// Tells `keeper` of every node, spec, labels and placement there is, in this order, and from
  /// now on of every change.
  void attach(PlacementKeeper& keeper);
  void detach(PlacementKeeper& keeper);

  // --- changes of rows: for the state, between cycles (no undo log may be open) ---
  NodeId insert_node(Node row);
  /// Replaces a node's row; placements stay.
  void replace_node(NodeId node, Node row);
  /// REQUIRES: no task is on it.
  void erase_node(NodeId node);
  QueueId insert_queue(Queue row);
  /// All but `Queue::past` is replaced.
  void replace_queue(QueueId queue, Queue row);
  /// Jobs of the queue keep existing, without a queue.
  void erase_queue(QueueId queue);
  /// `row.tasks` must be empty.
  JobId insert_job(Job row);
  /// Replaces all but `tasks` and `sub_jobs`; tasks change parts where the policies do.
  void replace_job(JobId job, Job row);
  /// Its tasks keep existing, without a job.
  void erase_job(JobId job);
  /// A pending task of `row.job`, if that exists.
  TaskId insert_task(Task row);
  /// Replaces a task's row, its job included; status and node stay.
  void replace_task(TaskId task, Task row);
  void erase_task(TaskId task);
  /// Sets what a task gets of the node it is about to be put on. REQUIRES: it is on none.
  void assign(TaskId task, StringPairs assigned);
  HyperNodeId insert_hyper_node(HyperNode row);
  /// REQUIRES: not the virtual one.
  void erase_hyper_node(HyperNodeId hyper_node);
  /// A node becomes a member of a HyperNode itself, or ceases to be one.
  void join(HyperNodeId hyper_node, NodeId node);
  void leave(HyperNodeId hyper_node, NodeId node);
  /// All quotas of a namespace, by name. A quota that now leaves more room counts as a change of claims.
  void set_quotas(const std::string& namespace_name, std::vector<ResourceQuotaObject> quotas);
  /// From now on `Queue::past` is kept: shares held a half-life (above zero) ago count half as much as those held now.
  /// None: it is not kept, and what was known is forgotten.
  void remember_shares(std::optional<std::chrono::microseconds> half_life);
  /// It is now so late: brings `Queue::past` up to date, as if queues had held all the time since the last call what
  /// they held then. Called when a cycle begins, before anything is decided; a time that is not later only notes what
  /// they hold.
  void pass_time(WallTime now);
  // What was decided to be written counts as seen, so that it is not decided again; a failed
  // write is forgotten.
  void assume(const JobStatus& status);
  void assume(const JobCondition& decided);
  void assume(const TaskCondition& decided);
  void assume(const QueueStatus& status);
  void forget_observed_condition(TaskId task);
  void forget_observed_allocated(QueueId queue);

  /// The id of an equal spec, which then counts one more user; `release_spec` drops one.
  SpecId intern_spec(Spec spec);
  void release_spec(SpecId spec);
  /// The same for labels of pods.
  LabelSetId intern_labels(PodLabels labels);
  void release_labels(LabelSetId labels);

 private:
  void enter(TaskId task, TaskStatus status, NodeId node);
  void leave(TaskId task);
  void occupy(NodeId node, TaskStatus status, const Resources& request, bool add);
  void link(TaskId task, NodeId node);
  void unlink(TaskId task, NodeId node);
  void add_to_job(TaskId task, JobId job);
  void remove_from_job(TaskId task, JobId job);
  void add_to_sub_job(TaskId task, JobId job);
  void remove_from_sub_job(TaskId task);
  void count_in(SubJobId sub_job, TaskStatus status, bool add);
  void count_in(JobId job, QueueId queue, TaskStatus status, const Spec& spec, bool add);
  void note_use(NodeId node) {
    node_changes_.note(node.slot());
    refresh_amounts(node);
  }
  void refresh_amounts(NodeId node);
  void note_row(NodeId node);
  void note_job(JobId job) { job_changes_.note(job.slot()); }
  void check_between_cycles() const;
  void put_in_order() const;
  void forget_topology() {
    topology_is_stale_ = true;
    ++topology_epoch_;
    ++frame_epoch_;
  }
  void forget_order() {
    order_is_stale_ = true;
    topology_is_stale_ = true;
    ++topology_epoch_;
    ++order_epoch_;
  }

  Symbols symbols_;
  ResourceSchema schema_;
  mutable std::vector<Symbol> kind_names_;  // by kind, as far as known
  UndoLog undo_;

  Table<TaskTag, Task> tasks_;
  Table<JobTag, Job> jobs_;
  Table<SubJobTag, SubJob> sub_jobs_;
  Table<QueueTag, Queue> queues_;
  Table<NodeTag, Node> nodes_;
  Table<HyperNodeTag, HyperNode> hyper_nodes_;
  SharedRows<SpecTag, Spec> specs_;
  SharedRows<LabelSetTag, PodLabels> label_sets_;

  Column<TaskTag, TaskStatus> status_{undo_};
  Column<TaskTag, NodeId> node_of_{undo_};
  Column<TaskTag, TaskId> next_on_{undo_}, previous_on_{undo_};
  Column<NodeTag, TaskId> first_on_{undo_};
  Column<NodeTag, Resources> used_{undo_}, releasing_{undo_}, pipelined_{undo_};
  Column<JobTag, StatusCounts> counts_{undo_};
  Column<JobTag, std::uint32_t> pending_best_effort_{undo_};
  Column<JobTag, Resources> job_allocated_{undo_}, job_pipelined_{undo_}, job_pending_{undo_};
  Column<JobTag, JobPhase> phase_{undo_};
  Column<SubJobTag, StatusCounts> sub_job_counts_{undo_};
  Column<QueueTag, Resources> queue_allocated_{undo_}, queue_pipelined_{undo_}, queue_pending_{undo_};
  std::vector<std::unique_ptr<ComparableColumn>> plugin_node_columns_;
  std::vector<std::unique_ptr<KeyedCounters>> plugin_counters_;
  std::vector<PlacementKeeper*> keepers_;

  std::map<std::string, std::vector<ResourceQuotaObject>, std::less<>> quotas_;  // by namespace
  std::optional<std::chrono::microseconds> share_half_life_;
  Resources total_allocatable_;
  struct TotalsTag;
  static constexpr Id<TotalsTag> kTotals{0, 0};
  Column<TotalsTag, Resources> total_used_{undo_};  // one cell: a column, so that it is saved and restored
  ChangeList node_changes_, relieved_, job_changes_;
  std::vector<NodeAmounts> amounts_;        // by slot of a node
  std::vector<std::uint8_t> is_countable_;  // by slot of a node
  std::vector<std::uint64_t> row_changed_;  // by slot of a node: the moment in node_changes_
  std::uint64_t order_epoch_ = 1, topology_epoch_ = 1, frame_epoch_ = 1, claims_moment_ = 0;
  mutable std::vector<NodeId> nodes_in_order_;
  mutable std::vector<std::uint32_t> ranks_;
  mutable bool order_is_stale_ = false;
  HyperNodeId top_hyper_node_;
  mutable Topology topology_;
  mutable bool topology_is_stale_ = true;
};

}  // namespace basalt
