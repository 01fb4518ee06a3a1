#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/framework/reason.hpp"
#include "basalt/framework/terms.hpp"
#include "basalt/model/ids.hpp"
#include "basalt/model/rows.hpp"

/// Every question a plugin can answer, one small interface each. A plugin derives from the
/// points it answers. Each declaration says what is asked, when, by which law the answers
/// of several plugins become one (laws.hpp), and which key in a plugin's configuration
/// switches it off. "In order" is the order of tiers, then of plugins in a tier.
///
/// All methods are called by the scheduler thread; const ones must not change what they
/// answer. Facts: Volcano's session functions; differences are in docs/compatibility.md.
namespace basalt {

class Session;
class Reporter;

/// A vote. Abstaining is not permitting.
enum class Vote : std::uint8_t { reject, abstain, permit };

/// Which of two queues is served first. Law: first preference; then `comes_before`.
struct QueueOrder {
  static constexpr std::string_view kSwitch = "enableQueueOrder";
  [[nodiscard]] virtual std::weak_ordering queue_order(QueueId left, QueueId right) const = 0;
  /// Whether serving one queue can change the order of others, as where they share a branch. If so, the queues that
  /// wait for their turn are put in order anew after each turn that placed something. Law: anyone.
  [[nodiscard]] virtual bool queues_move_others() const { return false; }

 protected:
  ~QueueOrder() = default;
};

/// Which of two jobs of a queue is served first; `less` goes first. The answer may depend only on the
/// two jobs and on what stood when the session opened. Law: first preference; then `comes_before`.
struct JobOrder {
  static constexpr std::string_view kSwitch = "enableJobOrder";
  [[nodiscard]] virtual std::weak_ordering job_order(JobId left, JobId right) const = 0;

 protected:
  ~JobOrder() = default;
};

/// Which of two parts of a job is placed first. Law: first preference; then `comes_before`.
struct SubJobOrder {
  static constexpr std::string_view kSwitch = "enabledSubJobOrder";
  [[nodiscard]] virtual std::weak_ordering sub_job_order(SubJobId left, SubJobId right) const = 0;

 protected:
  ~SubJobOrder() = default;
};

/// Which of two tasks of a job is placed first. Law: first preference; then `comes_before`.
struct TaskOrder {
  static constexpr std::string_view kSwitch = "enableTaskOrder";
  [[nodiscard]] virtual std::weak_ordering task_order(TaskId left, TaskId right) const = 0;

 protected:
  ~TaskOrder() = default;
};

/// Why a job is not to be looked at in this cycle.
struct Objection {
  std::string reason;   ///< one word, as in conditions: "NotEnoughTasks"
  std::string message;  ///< a sentence
};

/// Whether a job is complete enough to be looked at. Law: first objection. No switch.
struct JobValid {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual std::optional<Objection> job_valid(JobId job) const = 0;

 protected:
  ~JobValid() = default;
};

/// Whether what is placed of a job is enough to be bound. Law: all agree.
struct JobReady {
  static constexpr std::string_view kSwitch = "enableJobReady";
  [[nodiscard]] virtual bool job_ready(JobId job) const = 0;

 protected:
  ~JobReady() = default;
};

/// Whether what is placed of a job, reservations included, is enough to keep it. Law: vote.
struct JobPipelined {
  static constexpr std::string_view kSwitch = "enableJobPipelined";
  [[nodiscard]] virtual Vote job_pipelined(JobId job) const = 0;

 protected:
  ~JobPipelined() = default;
};

/// Whether what is placed of a part of a job is enough to be bound. Asked where the job has
/// sub-group policies; of other jobs JobReady is asked. Law: all agree.
struct SubJobReady {
  static constexpr std::string_view kSwitch = "enabledSubJobReady";
  [[nodiscard]] virtual bool sub_job_ready(SubJobId sub_job) const = 0;

 protected:
  ~SubJobReady() = default;
};

/// The same with reservations included: enough to keep it. Of jobs without sub-group policies
/// JobPipelined is asked. Law: vote.
struct SubJobPipelined {
  static constexpr std::string_view kSwitch = "enabledSubJobPipelined";
  [[nodiscard]] virtual Vote sub_job_pipelined(SubJobId sub_job) const = 0;

 protected:
  ~SubJobPipelined() = default;
};

/// Whether a pending job may come in. Asked by enqueue for jobs that state minimum
/// resources. Law: vote.
struct JobEnqueueable {
  static constexpr std::string_view kSwitch = "enableJobEnqueued";
  /// A rejection fills `why` with a sentence.
  [[nodiscard]] virtual Vote job_enqueueable(JobId job, std::string& why) const = 0;

 protected:
  ~JobEnqueueable() = default;
};

/// Told that a job has come in, so that what it will need counts for the next one. Law: all
/// are told, in order.
struct JobEnqueued {
  static constexpr std::string_view kSwitch = "enableJobEnqueued";
  virtual void job_enqueued(JobId job) = 0;

 protected:
  ~JobEnqueued() = default;
};

/// Whether the minimum that a pending job states can be taken back for it: its queue deserves that
/// much, and what is neither free nor promised to others is held by queues beyond what they deserve.
/// Asked, where an action reclaims, by plugins that would refuse the job for want of free room. What
/// it answers for a job must count the jobs that have come in before. Law: anyone.
struct EntitledToReclaim {
  static constexpr std::string_view kSwitch = "enableReclaimable";
  [[nodiscard]] virtual bool entitled_to_reclaim(JobId job) const = 0;

 protected:
  ~EntitledToReclaim() = default;
};

/// Whether a job lacks what it was promised, so that others may be evicted for it. Law: the
/// first tier that has the point decides, all in it must agree; nobody asked means no.
struct JobStarving {
  static constexpr std::string_view kSwitch = "enableJobStarving";
  [[nodiscard]] virtual bool job_starving(JobId job) const = 0;

 protected:
  ~JobStarving() = default;
};

/// Whether a queue has had its share, so that its jobs wait. Law: anyone.
struct Overused {
  static constexpr std::string_view kSwitch = "enabledOverused";
  [[nodiscard]] virtual bool overused(QueueId queue) const = 0;

 protected:
  ~Overused() = default;
};

/// Whether a queue may take one more task. Law: all agree.
struct Allocatable {
  static constexpr std::string_view kSwitch = "enabledAllocatable";
  /// A refusal fills `why` with a sentence.
  [[nodiscard]] virtual bool allocatable(QueueId queue, TaskId task, std::string& why) const = 0;

 protected:
  ~Allocatable() = default;
};

/// How much a queue may hold, as a plugin sees it, and what it calls that.
struct QueueBound {
  std::string name;  ///< one word: "deserved", "capability"
  Limits limits;
};

/// What a plugin's answers to Overused and Allocatable come from, as amounts. Asked for
/// explanations alone: nothing is decided by it. Law: all are asked, in order. No switch.
struct QueueBounds {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual std::vector<QueueBound> queue_bounds(QueueId queue) const = 0;

 protected:
  ~QueueBounds() = default;
};

/// Whether a queue may take tasks by evicting others'. Law: all agree.
struct Preemptive {
  static constexpr std::string_view kSwitch = "enablePreemptive";
  [[nodiscard]] virtual bool preemptive(QueueId queue, std::span<const TaskId> tasks) const = 0;

 protected:
  ~Preemptive() = default;
};

/// What kind of answer a victim point gives.
enum class VictimRole : std::uint8_t {
  protection,  ///< says who must not be touched: intersected over all tiers, final
  policy,      ///< says who should go: the first tier with an answer decides
};

/// What an answer about victims depends on, besides the candidates and their order, the rows of
/// their tasks, jobs and queues, and the priorities and queue of the evictor.
enum class VictimInput : std::uint8_t {
  candidate_jobs = 1U << 0U,  ///< what is placed of the candidates' jobs
  evictor_job = 1U << 1U,     ///< which job the evictor is of, what it asks for, and what is placed of the job
  queues = 1U << 2U,          ///< what queues have placed
};

/// A set of inputs. A plugin that declares less than it reads will sooner or later be answered for
/// from memory with what it no longer thinks.
class VictimInputs {
 public:
  constexpr VictimInputs(std::initializer_list<VictimInput> inputs) {
    for (const VictimInput input : inputs) bits_ |= static_cast<std::uint8_t>(input);
  }
  static constexpr VictimInputs everything() {
    return {VictimInput::candidate_jobs, VictimInput::evictor_job, VictimInput::queues};
  }
  constexpr VictimInputs& operator|=(VictimInputs other) {
    bits_ |= other.bits_;
    return *this;
  }
  [[nodiscard]] constexpr bool contains(VictimInput input) const {
    return (bits_ & static_cast<std::uint8_t>(input)) != 0;
  }

 private:
  std::uint8_t bits_ = 0;
};

/// Which candidates may be evicted for a task of the same queue (or job), in the order of
/// the candidates, which come in the order in which they would go. nullopt: no opinion. Whoever
/// is accepted must be so too when fewer of the other candidates are evicted. Law: protected
/// victims.
struct Preemptable {
  static constexpr std::string_view kSwitch = "enablePreemptable";
  [[nodiscard]] virtual VictimRole preemptable_role() const { return VictimRole::policy; }
  [[nodiscard]] virtual VictimInputs preemptable_inputs() const { return VictimInputs::everything(); }
  [[nodiscard]] virtual std::optional<std::vector<TaskId>> preemptable(TaskId evictor,
                                                                       std::span<const TaskId> candidates) const = 0;

 protected:
  ~Preemptable() = default;
};

/// The same for a task of another queue.
struct Reclaimable {
  static constexpr std::string_view kSwitch = "enableReclaimable";
  [[nodiscard]] virtual VictimRole reclaimable_role() const { return VictimRole::policy; }
  [[nodiscard]] virtual VictimInputs reclaimable_inputs() const { return VictimInputs::everything(); }
  [[nodiscard]] virtual std::optional<std::vector<TaskId>> reclaimable(TaskId evictor,
                                                                       std::span<const TaskId> candidates) const = 0;

 protected:
  ~Reclaimable() = default;
};

/// For whom tasks would be evicted by an action that makes room for a whole job at once.
struct EvictionContext {
  enum class Kind : std::uint8_t {
    preempt,  ///< from other jobs of the same queue
    reclaim,  ///< from jobs of other queues
  };
  Kind kind = Kind::preempt;
  JobId job;
  std::optional<TaskId> task;  ///< when it is about one task of the job
};

/// Which candidates may be evicted together for a whole job, in the order of the candidates;
/// unlike for single tasks, a job's tasks may all go at once. nullopt: no opinion. Law: protected
/// victims. No switch.
struct UnifiedEvictable {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual VictimRole unified_evictable_role() const { return VictimRole::policy; }
  [[nodiscard]] virtual std::optional<std::vector<TaskId>> unified_evictable(
      const EvictionContext& context, std::span<const TaskId> candidates) const = 0;

 protected:
  ~UnifiedEvictable() = default;
};

/// Of which of two other queues a task goes first, when a queue reclaims; `less` goes first. Law:
/// first preference; then the queue that would be served last. No switch.
struct VictimQueueOrder {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual std::weak_ordering victim_queue_order(QueueId left, QueueId right, QueueId evictor) const = 0;

 protected:
  ~VictimQueueOrder() = default;
};

/// Which running tasks are to be evicted whoever waits. Asked by shuffle. Law: the first tier that
/// names anybody, all its plugins together.
struct VictimTasks {
  static constexpr std::string_view kSwitch = "enabledVictim";
  [[nodiscard]] virtual std::vector<TaskId> victim_tasks(std::span<const TaskId> running) const = 0;

 protected:
  ~VictimTasks() = default;
};

/// Whether a task can be placed anywhere at all, before any node is looked at. Law: the first
/// refusal stands, for every node.
struct PrePredicate {
  static constexpr std::string_view kSwitch = "enablePredicate";
  /// A refusal fills `why` with a sentence.
  [[nodiscard]] virtual Fit::Verdict pre_predicate(TaskId task, std::string& why) const = 0;

 protected:
  ~PrePredicate() = default;
};

/// Which nodes can take a task. Law: all terms must agree; of a node that is refused, the
/// first objection counts. The terms live as long as the plugin.
struct Predicate {
  static constexpr std::string_view kSwitch = "enablePredicate";
  [[nodiscard]] virtual std::vector<const FilterTerm*> filter_terms() const = 0;

 protected:
  ~Predicate() = default;
};

/// Chooses what a task gets of its node besides amounts: devices, cores, shares of them. Asked each
/// time a task is placed to be bound, when it counts as placed already; not for reservations, since
/// what is leaving holds its devices still. What is chosen must be
/// - kept in columns of the tables (`Cluster::add_node_column`), which every roll-back restores; a keeper
///   of another plugin learns of it by `PlacementKeeper::assigned`, once all have agreed;
/// - written as annotations with keys of `is_assignment_annotation`, which go with the bind. From then
///   on they are in `Task::assigned`, so that a `PlacementKeeper` finds them when the task is put on
///   its node again: after the session, after a restart.
/// A plugin that may refuse should have a filter that refuses too: here a refusal costs a search of
/// another node. Law: all agree, asked in order; what was chosen is taken back after a refusal. No
/// switch. Source: the Reserve point of kube-scheduler's framework.
struct NodeReserve {
  static constexpr std::string_view kSwitch = "";
  virtual Fit reserve(TaskId task, NodeId node, StringPairs& annotations) = 0;

 protected:
  ~NodeReserve() = default;
};

/// Which of the nodes that can take a task is best. Law: sum of all terms.
struct NodeOrder {
  static constexpr std::string_view kSwitch = "enableNodeOrder";
  [[nodiscard]] virtual std::vector<const ScoreTerm*> score_terms() const = 0;

 protected:
  ~NodeOrder() = default;
};

/// How good each of some HyperNodes is for a part of a job that fits into all of them. Asked by
/// allocate before the part is placed in one. Law: sum.
struct HyperNodeOrder {
  static constexpr std::string_view kSwitch = "enabledHyperNodeOrder";
  /// Adds to `out`, which has one entry a HyperNode.
  virtual void add_hyper_node_scores(SubJobId sub_job, std::span<const HyperNodeId> hyper_nodes,
                                     std::span<Score> out) const = 0;

 protected:
  ~HyperNodeOrder() = default;
};

/// What a search of domains is for.
enum class SearchPurpose : std::uint8_t {
  allocate,  ///< to place tasks on what is free or will be
  evict,     ///< to place them where others have to go
};

/// Groups of HyperNodes: those of a group are equally welcome, and each group comes before the next.
using Gradient = std::vector<std::vector<HyperNodeId>>;

/// Which domains at or below `root` may hold a job, or a part of one, and in which order they are
/// tried. No groups: none may. Limits that the job states and what is placed of it already are
/// the plugin's to keep. Law: the first plugin decides; without one, `root` alone is tried.
struct HyperNodeGradient {
  static constexpr std::string_view kSwitch = "enabledHyperNodeGradient";
  [[nodiscard]] virtual Gradient gradient_for_job(JobId job, HyperNodeId root, SearchPurpose purpose) const = 0;
  [[nodiscard]] virtual Gradient gradient_for_sub_job(SubJobId sub_job, HyperNodeId root,
                                                      SearchPurpose purpose) const = 0;

 protected:
  ~HyperNodeGradient() = default;
};

/// What has happened since a job was refused; several may have.
struct Changes {
  bool room = false;    ///< tasks left nodes, or nodes came or changed
  bool claims = false;  ///< jobs went, lost tasks, or changed otherwise than by new tasks
  bool growth = false;  ///< jobs or tasks came or were placed, in the queue of the job that is asked about
};

/// Whether a plugin that refuses jobs before any node is asked (JobValid, JobEnqueueable, Overused,
/// Allocatable, PrePredicate) could answer otherwise for a job after some changes. If not, the
/// job sleeps on. Changes of the job itself, of queues and of the sum of all nodes wake it whatever the
/// answer, and so does time (`Deadline`). Law: anyone; who refuses jobs and has not this point is taken
/// to say yes. No switch. Source: the queueing hints of kube-scheduler (KEP-4247).
struct CouldHelp {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual bool could_help(JobId job, const Changes& changes) const = 0;

 protected:
  ~CouldHelp() = default;
};

/// How long a job may wait, from its creation, before it is late and room is held for it against jobs that come after
/// it. Asked whenever somebody wants to know; the answer may depend on the job's row alone. Law: the shortest;
/// nobody answers: what the configuration says for all jobs. No switch.
struct WaitingLimit {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual std::optional<std::chrono::microseconds> waiting_limit(JobId job) const = 0;
  /// Whether a late job may have room reserved in this session. May depend on anything as it was when the session
  /// opened: late jobs are looked at whenever anything changes. Law: all agree.
  [[nodiscard]] virtual bool may_reserve(JobId) const { return true; }

 protected:
  ~WaitingLimit() = default;
};

/// When a plugin could answer otherwise though nothing has changed: a time-out, a window that
/// opens. Asked at the end of a session; the next one comes then at the latest, and looks at
/// every job. Law: the earliest.
struct Deadline {
  static constexpr std::string_view kSwitch = "";
  [[nodiscard]] virtual std::optional<WallTime> deadline() const = 0;

 protected:
  ~Deadline() = default;
};

/// Asked last, before the session closes and with all decisions standing: what there is to
/// say about jobs (conditions) and what to measure. Law: all are asked, in order.
struct SessionReport {
  static constexpr std::string_view kSwitch = "";
  virtual void session_report(Reporter& reporter) const = 0;

 protected:
  ~SessionReport() = default;
};

/// Every extension point; a new one is added here, and in the table of docs/extension-points.md.
using ExtensionPoints =
    std::tuple<QueueOrder, JobOrder, SubJobOrder, TaskOrder, JobValid, JobReady, JobPipelined, SubJobReady,
               SubJobPipelined, JobEnqueueable, JobEnqueued, EntitledToReclaim, JobStarving, Overused, Allocatable,
               QueueBounds, Preemptive, Preemptable, Reclaimable, UnifiedEvictable, VictimQueueOrder, VictimTasks,
               PrePredicate, Predicate, NodeReserve, NodeOrder, HyperNodeOrder, HyperNodeGradient, CouldHelp,
               WaitingLimit, Deadline, SessionReport>;

}  // namespace basalt
