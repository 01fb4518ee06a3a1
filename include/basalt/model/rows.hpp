#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/base/symbol.hpp"
#include "basalt/model/ids.hpp"
#include "basalt/model/objects.hpp"
#include "basalt/model/pod_affinity.hpp"
#include "basalt/model/resources.hpp"
#include "basalt/model/selectors.hpp"

/// The rows of the cluster's tables: what the API said, with names replaced by ids. Rows
/// change only between cycles, by deltas. What a session changes (where a task is, what a
/// node has left) is in columns; see framework/cluster.hpp.
namespace basalt {

/// Where a task stands. The names and their grouping are Volcano's.
enum class TaskStatus : std::uint8_t {
  pending,    ///< not placed
  allocated,  ///< placed by the open session
  pipelined,  ///< holds a reservation on resources that are being released
  binding,    ///< the bind was decided and is on its way, or in doubt
  bound,      ///< has a node in the API, does not run yet
  running,
  releasing,  ///< being deleted, still on its node
  succeeded,
  failed,
  unknown,  ///< on a node in a phase nobody knows: counts as used
};
inline constexpr std::size_t kTaskStatuses = 10;

/// "Pending", "Pipelined", ...
std::string_view to_string(TaskStatus status);

/// Allocated, Binding, Bound, Running: holds its resources and is not leaving.
[[nodiscard]] constexpr bool is_allocated(TaskStatus status) {
  return status == TaskStatus::allocated || status == TaskStatus::binding || status == TaskStatus::bound ||
         status == TaskStatus::running;
}
/// Occupies its node, now (all but pipelined) or soon (pipelined).
[[nodiscard]] constexpr bool is_on_node(TaskStatus status) {
  return is_allocated(status) || status == TaskStatus::pipelined || status == TaskStatus::releasing ||
         status == TaskStatus::unknown;
}

/// The id of a row, kept in the row: no part of its value, so rows that differ in it are equal.
template <class RowId>
struct OwnId {
  RowId id;  ///< none in a row that is in no table
  bool operator==(const OwnId&) const { return true; }
};

/// How much a pod moves in a second at most, as its owner says. Who says nothing moves nothing; -1: what is said
/// cannot be understood.
struct IoRates {
  std::int64_t network = 0;  ///< bits, of the busier direction
  std::int64_t disk = 0;     ///< bytes
  bool operator==(const IoRates&) const = default;
};
/// How much a node can; a rate that is absent is not limited.
struct IoCapacity {
  std::optional<std::int64_t> network, disk;
  bool operator==(const IoCapacity&) const = default;
};

/// What a pod asks of its node: shared by all pods of one template. Two tasks with the same
/// spec get the same answer from every term that depends on the spec and nodes alone.
struct Spec {
  OwnId<SpecId> own;
  Resources request;  ///< includes one of "pods"
  std::int64_t scoring_cpu = 0;
  std::int64_t scoring_memory = 0;
  std::vector<std::pair<Symbol, Symbol>> node_selector;
  std::optional<NodeSelector> required_nodes;
  std::vector<NodeSelector> volume_nodes;  ///< where its bound volumes can be reached; all must match
  std::vector<PreferredNodes> preferred_nodes;
  std::vector<Toleration> tolerations;
  std::vector<HostPort> host_ports;
  std::vector<PodAffinityTerm> required_affinity;  ///< near pods that meet all terms, in the domain of each
  bool meets_own_affinity = false;                 ///< the pod itself meets all terms of `required_affinity`
  std::vector<PodAffinityTerm> required_anti_affinity;
  std::vector<PreferredPods> preferred_pods;
  std::vector<TopologySpread> spread;
  /// Why the pod cannot be placed wherever it is tried: constraints this version does not
  /// evaluate ("unsupported: ..."), claims that are missing. Empty: none.
  std::vector<std::string> blockers;
  bool gated = false;                          ///< has scheduling gates: not to be scheduled, nor reported on
  std::vector<DeviceRequest> device_requests;  ///< of its containers that ask for shared GPUs, in order
  StringPairs device_wishes;                   ///< which GPUs these may be (`is_device_wish`)
  std::optional<NumaPolicy> numa_policy;       ///< volcano.sh/numa-topology-policy; absent: not stated
  std::vector<ExclusiveCpus> exclusive_cpus;   ///< as in `PodObject`
  IoRates io;
  bool operator==(const Spec&) const = default;

  /// Asks for no resource: placed by backfill.
  [[nodiscard]] bool is_best_effort() const { return request.is_best_effort(); }
};

/// What others select a pod by, and which spec it has: shared by pods that are the same in both.
/// Apart from the spec, since controllers number their pods in labels.
struct PodLabels {
  SpecId spec;
  Symbol namespace_name;
  LabelSet labels;
  bool operator==(const PodLabels&) const = default;
};

/// A pod.
struct Task {
  std::string namespace_name, name, uid;
  JobId job;         ///< none: another scheduler's pod, which only uses its node
  SubJobId sub_job;  ///< which part of the job, where it has parts; kept by the tables
  SpecId spec;
  LabelSetId labels;  ///< what others select it by
  Symbol role;        ///< volcano.sh/task-spec; empty: none
  std::int32_t priority = 1;
  WallTime created{};
  bool preemptable = true;
  bool critical = false;  ///< system-cluster-critical, system-node-critical, or in kube-system
  bool never_preempts = false;
  /// What it got of its node besides amounts, as annotations (`is_assignment_annotation`); only of
  /// tasks that are on a node, and not merely tried there.
  StringPairs assigned;
  std::string nominated_node;              ///< status.nominatedNodeName as last seen
  std::optional<ConditionText> scheduled;  ///< its PodScheduled condition as last seen
  std::optional<WallTime> started;         ///< status.startTime; none: not known to run yet
  bool operator==(const Task&) const = default;
};

/// Order of a job's tasks when no plugin has a preference: by the number after the last
/// '-' of a name that has two or more, those without one last; then by creation time; then
/// by name. Total on tasks of one namespace.
bool comes_before(const Task& left, const Task& right);

/// How far apart in the network the members of a job, or of a part of it, may be.
struct NetworkTopology {
  bool hard = true;                          ///< false: a wish
  std::optional<std::int32_t> highest_tier;  ///< of a HyperNode that holds all members
  std::string highest_tier_name;             ///< the same by name; empty: not stated
  bool operator==(const NetworkTopology&) const = default;
};

/// Which members of a job form parts that start together, each with a minimum of its own.
struct SubGroupPolicy {
  std::string name;
  std::vector<Requirement> selector;     ///< on a task's labels; all must hold
  std::vector<Symbol> match_label_keys;  ///< tasks with equal, non-empty values form one part; none: matches no task
  std::int32_t size = 1;                 ///< tasks that a part needs
  std::int32_t min_sub_groups = 0;       ///< parts with that many tasks that the job needs
  std::optional<NetworkTopology> network_topology;
  bool operator==(const SubGroupPolicy&) const = default;
};

/// scheduling.volcano.sh PodGroup phases.
enum class JobPhase : std::uint8_t { pending, inqueue, running, unknown, completed };
/// "Pending", "Inqueue", ...
std::string_view to_string(JobPhase phase);
/// Empty and unknown text count as pending.
JobPhase parse_job_phase(std::string_view text);

/// The status that a PodGroup's object has, or will have once what was decided is written:
/// only what differs from it is written.
struct JobObserved {
  JobPhase phase = JobPhase::pending;
  std::string phase_text;  ///< as it stands there; may be empty
  std::int32_t running = 0, succeeded = 0, failed = 0;
  std::vector<ConditionText> conditions;
  bool operator==(const JobObserved&) const = default;
};

/// A PodGroup, or the group that stands for pods without one.
struct Job {
  std::string namespace_name, name, uid;
  bool implicit = false;  ///< no object in the API: nothing is written for it
  QueueId queue;          ///< none: the queue it names does not exist
  std::string queue_name;
  std::int32_t min_member = 0;
  std::vector<std::pair<Symbol, std::int32_t>> min_task_member;  ///< by role
  std::int32_t priority = 0;
  WallTime created{};
  std::optional<Resources> min_resources;  ///< absent: no enqueue gate
  std::optional<bool> preemptable;         ///< volcano.sh/preemptable; absent: not stated
  StringPairs annotations;
  std::vector<std::string> blockers;  ///< as in `Spec`, for the whole group
  std::optional<NetworkTopology> network_topology;
  std::vector<SubGroupPolicy> sub_groups;  ///< a task belongs to the first that it matches
  std::vector<TaskId> tasks;               ///< in the order of `comes_before`
  std::vector<SubJobId> sub_jobs;          ///< its parts, in the order of `comes_before`; kept by the tables
  JobObserved observed;
  /// basalt.sh/running-estimate: how long a pod of it runs, as its owner thinks. Nobody stops one that runs longer.
  std::optional<std::chrono::microseconds> running_estimate;
  std::vector<std::string> faults;  ///< annotations that cannot be understood and are left out, as sentences
  NamedAmounts quota_minimum;       ///< as in `PodGroupObject`
  std::string priority_class;       ///< priorityClassName; empty: not stated
  bool operator==(const Job&) const = default;

  /// Whether its tasks are in sub-jobs: where nothing asks for parts, there are none.
  [[nodiscard]] bool has_parts() const { return network_topology.has_value() || !sub_groups.empty(); }
};

/// Order of jobs when no plugin has a preference: by creation time, then namespace, then name.
bool comes_before(const Job& left, const Job& right);

/// A part of a job: tasks that match one sub-group policy with the same values, or (the default
/// sub-job) those that match none. It exists while it has tasks.
struct SubJob {
  JobId job;
  std::optional<std::size_t> policy;  ///< entry of the job's `sub_groups`; none: the default sub-job
  std::vector<std::string> values;    ///< of the policy's `match_label_keys`
  std::int64_t index = 0;             ///< the first value, where it is a number
  std::vector<TaskId> tasks;          ///< in the order of `comes_before`
};

/// Order of a job's parts when no plugin has a preference: by index, policy (none first), then
/// values. Source: Volcano's MatchIndex, then id.
bool comes_before(const SubJob& left, const SubJob& right);

enum class QueueState : std::uint8_t { open, closed, closing, unknown };

/// The part of the cluster that a queue held on average, of late more than long ago.
struct PastShare {
  std::int64_t part = 0;  ///< in units of 2^-40 of the whole
  std::int64_t held = 0;  ///< what it has held since `until`, in the same units
  WallTime until{};       ///< up to when `part` is worked out; the zero time: nothing is known yet
  bool operator==(const PastShare&) const = default;
};

struct Queue {
  std::string name, uid;
  std::int32_t weight = 1;
  std::int32_t priority = 0;
  Limits capability;
  Limits deserved;
  Resources guarantee;
  bool reclaimable = true;
  bool fifo = false;  ///< dequeueStrategy fifo: no job starts while one before it waits
  std::string parent;
  QueueState state = QueueState::open;
  WallTime created{};
  /// It has, or had, jobs of ours, itself or below it: its status is ours to write.
  bool served = false;
  NamedAmounts observed_allocated;  ///< status.allocated as last seen
  StringPairs annotations;
  PastShare past;              ///< kept by the tables while `Cluster::remember_shares` asks for it
  NodeGroupTerms node_groups;  ///< groups of nodes that its tasks go to
  NodeGroupTerms anti_groups;  ///< and that they keep away from
  bool operator==(const Queue&) const = default;
};

/// Order of queues when no plugin has a preference: by creation time, then name.
bool comes_before(const Queue& left, const Queue& right);

struct Node {
  Symbol name;
  LabelSet labels;
  std::vector<Taint> taints;
  bool unschedulable = false;
  Resources allocatable;
  /// Pods on it whose use cannot be told, because they were rejected: while there are
  /// any, nothing more is placed here.
  std::uint32_t uncountable_pods = 0;
  /// Pods name it, but no Node object has been seen: takes no tasks.
  bool placeholder = false;
  StringPairs devices;               ///< what its device plugin says it has (`is_device_inventory`)
  std::optional<NumaTopology> numa;  ///< absent: nobody reports it
  IoCapacity io;
  bool operator==(const Node&) const = default;
};

/// A HyperNode as declared: what became of it in the forest of all is `Topology`'s to say.
struct HyperNode {
  std::string name;
  std::int32_t tier = 0;  ///< the lower, the closer its nodes are to each other
  std::string tier_name;
  std::vector<std::string> children;  ///< names of member HyperNodes, there or not
  std::vector<NodeId> nodes;          ///< member nodes, in no order; kept by the state
  std::vector<std::string> faults;    ///< members that cannot be understood, as sentences
};

/// Order of HyperNodes: by tier, then name.
bool comes_before(const HyperNode& left, const HyperNode& right);

}  // namespace basalt
