#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/framework/cluster.hpp"
#include "basalt/framework/configuration.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/framework/laws.hpp"
#include "basalt/framework/placement.hpp"
#include "basalt/framework/reason.hpp"
#include "basalt/framework/terms.hpp"
#include "basalt/framework/transaction.hpp"

namespace basalt {

class SpecIndex;
struct TermsInForce;

/// When a session runs: its only source of time, so that it can be replayed.
struct Moment {
  WallTime now{};
  std::uint64_t cycle = 0;
};

/// Why a job waits, gathered as the actions try it. Counts and reasons are of the last try.
struct WaitReport {
  /// A sentence about the job as a whole: not valid, not enqueued, its queue is overused.
  std::string job_reason;
  /// The `job_reason` stands until the job itself changes.
  bool is_its_own_fault = false;
  /// What nodes said to the first task of a spec that found none, in the order of the tries.
  std::vector<std::pair<SpecId, FitSummary>> tasks;
  /// Why no node was even asked about a spec: a queue's limit, a missing claim.
  std::vector<std::pair<SpecId, std::string>> refusals;

  /// Notes what was said to a task of a spec; the first word on each spec stands.
  void note(SpecId spec, FitSummary summary);
  void note(SpecId spec, std::string refusal);
};

/// What a session is opened for.
enum class SessionPurpose : std::uint8_t {
  cycle,    ///< its decisions will be assumed: jobs that got nothing sleep until something could help
  what_if,  ///< looks at every job, and leaves nothing behind but what makes the next one faster
};

/// One cycle's look at the cluster: the questions of the framework, answered by the plugins,
/// and transactions to change placements with. Opening and closing leave the tables as they
/// were; what was committed comes out as decisions. One thread; lives for one cycle.
class Session {
 public:
  /// `cluster` and `configuration` must outlive the session, and nobody else may change the
  /// tables meanwhile.
  Session(Cluster& cluster, const Configuration& configuration, Moment moment,
          SessionPurpose purpose = SessionPurpose::cycle);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const Cluster& cluster() const { return cluster_; }
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const Moment& moment() const { return moment_; }

  /// The jobs that this session looks at, in the order of `comes_before`: those that changed or
  /// that a change since their last try could help. For a `what_if`, and on a cluster that the
  /// configuration was not attached to, all there are.
  [[nodiscard]] const std::vector<JobId>& jobs_in_view() const { return jobs_in_view_; }

  // --- orders: total, so that the same rows in another order in memory decide the same ---
  [[nodiscard]] std::weak_ordering queue_order(QueueId left, QueueId right) const;
  /// Whether serving one queue can change the order of others.
  [[nodiscard]] bool queues_move_others() const;
  [[nodiscard]] std::weak_ordering job_order(JobId left, JobId right) const;
  /// REQUIRES: both are parts of one job.
  [[nodiscard]] std::weak_ordering sub_job_order(SubJobId left, SubJobId right) const;
  [[nodiscard]] std::weak_ordering task_order(TaskId left, TaskId right) const;
  /// The same as far as plugins have a preference: equivalent tasks stand as in `Job::tasks`.
  [[nodiscard]] std::weak_ordering task_preference(TaskId left, TaskId right) const;

  // --- questions about jobs and queues ---
  [[nodiscard]] std::optional<Objection> job_valid(JobId job) const;
  [[nodiscard]] bool job_ready(JobId job) const;
  [[nodiscard]] bool job_pipelined(JobId job) const;
  [[nodiscard]] bool sub_job_ready(SubJobId sub_job) const;
  [[nodiscard]] bool sub_job_pipelined(SubJobId sub_job) const;
  [[nodiscard]] bool job_starving(JobId job) const;
  [[nodiscard]] bool overused(QueueId queue) const;
  [[nodiscard]] bool allocatable(QueueId queue, TaskId task, std::string& why) const;
  /// What plugins let a queue hold, each with its name for it ("deserved").
  [[nodiscard]] std::vector<QueueBound> queue_bounds(QueueId queue) const;
  [[nodiscard]] bool preemptive(QueueId queue, std::span<const TaskId> tasks) const;
  [[nodiscard]] bool job_enqueueable(JobId job, std::string& why) const;
  /// Whether a pending job's minimum can be taken back for it, and an action is configured that does.
  [[nodiscard]] bool entitled_to_reclaim(JobId job) const;

  // --- questions about victims; see victims.cpp ---
  /// Who of the candidates may be evicted for a task of the same queue, of another queue. The
  /// candidates come in the order in which they would go (`victim_order`); so does the answer.
  [[nodiscard]] std::vector<TaskId> preemptable(TaskId evictor, std::span<const TaskId> candidates) const;
  [[nodiscard]] std::vector<TaskId> reclaimable(TaskId evictor, std::span<const TaskId> candidates) const;
  /// Who of the candidates may be evicted together for a whole job.
  [[nodiscard]] std::vector<TaskId> unified_evictable(const EvictionContext& context,
                                                      std::span<const TaskId> candidates) const;
  /// What the answers of `preemptable`, `reclaimable` depend on, over all plugins that are asked.
  [[nodiscard]] VictimInputs preemptable_inputs() const;
  [[nodiscard]] VictimInputs reclaimable_inputs() const;
  /// Whether anybody says who should go, and not only who should stay.
  [[nodiscard]] bool has_preempt_policy() const;
  [[nodiscard]] bool has_reclaim_policy() const;
  /// Whom plugins want evicted whoever waits, among `running`.
  [[nodiscard]] std::vector<TaskId> victim_tasks(const std::vector<TaskId>& running) const;
  /// Of which of two queues a task is evicted first for a third; total.
  [[nodiscard]] std::weak_ordering victim_queue_order(QueueId left, QueueId right, QueueId evictor) const;
  /// Which of two tasks is evicted first for a job of the queue `evictor`: `less` goes first; total.
  /// Of one job, the task that would be placed last. Of one queue, or when either is the evictor's,
  /// a task of the job that plugins would serve last, then the task that would be placed last.
  /// Of two others, by `victim_queue_order`. Source: Volcano's BuildVictimsPriorityQueue.
  [[nodiscard]] std::weak_ordering victim_order(QueueId evictor, TaskId left, TaskId right) const;

  // --- questions about HyperNodes ---
  /// Whether a plugin evaluates networkTopology: without one, hard limits cannot be kept.
  [[nodiscard]] bool has_hyper_node_gradient() const { return !points<HyperNodeGradient>().empty(); }
  /// The domains to try, group by group; within a group by tier, then name, each once.
  [[nodiscard]] Gradient hyper_node_gradient(JobId job, HyperNodeId root, SearchPurpose purpose) const;
  [[nodiscard]] Gradient hyper_node_gradient(SubJobId sub_job, HyperNodeId root, SearchPurpose purpose) const;
  /// The total score of each.
  [[nodiscard]] std::vector<Score> hyper_node_scores(SubJobId sub_job, std::span<const HyperNodeId> hyper_nodes) const;

  // --- placing ---
  /// The best node for a pending task, or nothing, and then (only then) `why` says what each
  /// node objected. All nodes are considered. Nodes with idle room come before nodes with future
  /// room only; among them the highest score wins, and ties go to the first by name.
  [[nodiscard]] std::optional<Placement> find_placement(TaskId task, FitSummary& why) const;
  /// The same among some nodes, which must be in rank order.
  [[nodiscard]] std::optional<Placement> find_placement(TaskId task, std::span<const NodeId> among,
                                                        FitSummary& why) const;
  /// What one node says to a task: the request against what it will have left, then all terms.
  [[nodiscard]] Fit fit(TaskId task, NodeId node) const;
  /// What the filters say, the request left aside.
  [[nodiscard]] Fit objection(TaskId task, NodeId node) const;
  /// What the node will say once everything that is leaving has left.
  [[nodiscard]] Fit fit_once_left(TaskId task, NodeId node) const;
  /// What the answers of filters to a task depend on, over all that apply to it.
  [[nodiscard]] Inputs filter_inputs(TaskId task) const;
  /// The total score of each of `nodes`, which are the normalisation set.
  [[nodiscard]] std::vector<Score> scores(TaskId task, std::span<const NodeId> nodes) const;
  /// Whether it depends on a spec and a node alone if the node can take tasks of the spec.
  [[nodiscard]] bool fit_is_local(SpecId spec) const;
  /// Whether some action makes room by evicting.
  [[nodiscard]] bool evictions_could_help() const;
  /// Whether a plugin that refused a job before any node was asked could answer otherwise now.
  [[nodiscard]] bool could_help(JobId job, const Changes& changes) const;
  /// Whether anybody limits how long jobs may wait.
  [[nodiscard]] bool has_waiting_limits() const {
    return configuration_.waiting_limit.has_value() || !points<WaitingLimit>().empty();
  }
  /// From when on room is held for a job that still waits; none: never. See WaitingLimit.
  [[nodiscard]] std::optional<WallTime> waits_until(JobId job) const;
  /// Whether a job has waited beyond that.
  [[nodiscard]] bool is_late(JobId job) const;
  /// Whether a late job may have room reserved in this session.
  [[nodiscard]] bool may_reserve(JobId job) const;
  /// The earliest moment at which a plugin could answer otherwise though nothing has changed, or a
  /// waiting job becomes late.
  [[nodiscard]] std::optional<WallTime> deadline() const;
  /// Why a task cannot be placed on any node, asked before nodes are: what blocks its spec, else
  /// the first refusal of a plugin; empty: nothing.
  [[nodiscard]] std::string pre_predicate(TaskId task) const;

  // --- changes ---
  /// Starts a what-if; see Transaction.
  [[nodiscard]] Transaction begin() { return Transaction(*this); }
  /// Lets a pending job in: its phase becomes Inqueue, and plugins are told.
  void enqueue(JobId job);
  /// The same for configurations without the enqueue action: no plugin is asked or told.
  void admit(JobId job);

  // --- why jobs wait ---
  [[nodiscard]] WaitReport& wait_report(JobId job) { return waits_[job]; }
  /// Null when nothing was noted.
  [[nodiscard]] const WaitReport* find_wait_report(JobId job) const;
  /// Why a task of a job (or, without one, the job) waits, as one stable sentence; empty when
  /// nothing was noted.
  [[nodiscard]] std::string wait_text(JobId job, std::optional<SpecId> spec) const;

  /// Asks for reports, rolls the tables back to how they were when the session opened, and
  /// hands out what was decided. The session is over.
  [[nodiscard]] Decisions close() &&;

 private:
  friend class Transaction;
  friend class Reporter;

  /// What transactions did, in order; the journal of open ones is cut on roll-back.
  struct Operation {
    enum class Kind : std::uint8_t {
      allocate,
      pipeline,
      reserve_in_advance,
      release,
      evict,
      enqueue,
      suppose,  // never in a transaction that is kept
    } kind;
    TaskId task;
    NodeId node;
    JobId job;
    std::string reason;
  };
  template <class Point>
  struct TiersOf {
    Tiers<Point> tiers;
  };
  template <class Tuple>
  struct PointTable;
  template <class... Points>
  struct PointTable<std::tuple<Points...>> {
    using Type = std::tuple<TiersOf<Points>...>;
  };

  template <class Point>
  [[nodiscard]] const Tiers<Point>& points() const {
    return std::get<TiersOf<Point>>(points_).tiers;
  }
  void open_plugins();
  void look_around();
  std::optional<Placement> ask_all_anew(TaskId task, FitSummary& why) const;
  std::optional<Placement> ask_anew(TaskId task, std::span<const NodeId> among, FitSummary& why) const;
  std::optional<Placement> verified(TaskId task, std::span<const NodeId> among, const std::optional<Placement>& indexed,
                                    FitSummary& why) const;
  std::optional<Placement> ask_the_rest(TaskId task, const SpecIndex& index, std::span<const NodeId> among) const;
  [[nodiscard]] bool failure_holds(const Spec& spec) const;
  [[nodiscard]] bool failure_is_known(TaskId task) const;
  void remember_opening(TaskId task);
  Fit reserve(TaskId task, NodeId node);
  void decide_placements(Decisions& decisions) const;

  Cluster& cluster_;
  const Configuration& configuration_;
  Moment moment_;
  UndoLog::Mark opening_;
  int depth_ = 0;  // open transactions
  bool closed_ = false;
  std::vector<std::unique_ptr<OpenedPlugin>> plugins_;
  PointTable<ExtensionPoints>::Type points_;
  bool some_gate_is_silent_ = false;  // a plugin that refuses jobs does not say what could help
  SessionPurpose purpose_;
  std::vector<JobId> jobs_in_view_;
  std::unique_ptr<TermsInForce> terms_;
  SessionMemory* memory_ = nullptr;  // null: this session does without
  std::vector<Operation> journal_;
  std::unordered_map<TaskId, StringPairs> assigned_;  // what was chosen when a task was last placed
  /// Where tasks that gave up or took a reservation stood when the session opened.
  std::unordered_map<TaskId, std::pair<TaskStatus, NodeId>> openings_;
  std::unordered_map<JobId, WaitReport> waits_;
  /// What all nodes last said to a spec, and after how many node changes: the next task of the
  /// spec hears the same unless something changed, as long as no filter that applies looks beyond the spec.
  mutable std::unordered_map<SpecId, std::pair<std::uint64_t, FitSummary>> failures_;
};

/// What plugins say at the end of a session: conditions of PodGroups and pods. Only what
/// differs from what the objects say already becomes a decision; two messages that differ in
/// numbers alone do not differ, but for a job's number of tasks ("3/10 tasks ...").
class Reporter {
 public:
  Reporter(Session& session, Decisions& decisions) : session_(session), decisions_(decisions) {}

  [[nodiscard]] const Session& session() const { return session_; }
  /// A condition of a job: `status` is always "True", as Volcano never sets another.
  void job_condition(JobId job, std::string_view type, std::string reason, std::string message);
  /// The PodScheduled=False condition of a waiting pod.
  void task_condition(TaskId task, std::string reason, std::string message);

 private:
  friend class Session;
  /// What is reported whatever the plugins: phases and counters of PodGroups, conditions of
  /// pods that wait, allocated amounts of queues.
  void report_standard();
  void report_job_status(JobId job);
  void report_faults(JobId job);
  void report_waiting_tasks(JobId job);
  void report_queues();

  Session& session_;
  Decisions& decisions_;
};

/// Whether two messages give the same reasons: equal when runs of digits are left out.
[[nodiscard]] bool same_reasons(std::string_view left, std::string_view right);

}  // namespace basalt
