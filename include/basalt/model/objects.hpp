#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/model/pod_request.hpp"
#include "basalt/model/quantity.hpp"
#include "basalt/model/resources.hpp"

/// Kubernetes objects as far as scheduling reads them: plain values with strings, made
/// by decoders (on any thread) or by the text format, and turned into rows by the
/// state. They are lossy, so nothing is ever written back from one: writes are patches.
namespace basalt {

using StringPairs = std::vector<std::pair<std::string, std::string>>;  ///< sorted by first, each once

/// A controller that owns an object (the one reference with `controller: true`).
struct OwnerReference {
  std::string api_version, kind, name, uid;
  bool operator==(const OwnerReference&) const = default;
};

struct ObjectMeta {
  std::string namespace_name;  ///< empty for cluster-scoped kinds
  std::string name;
  std::string uid;
  std::string resource_version;
  WallTime created{};
  std::optional<WallTime> deleted;  ///< deletionTimestamp: the object is going away
  StringPairs labels;
  StringPairs annotations;  ///< only keys of the domains scheduling reads; see `is_scheduling_annotation`
  std::optional<OwnerReference> controller;
  bool operator==(const ObjectMeta&) const = default;
};

/// Keys below volcano.sh/, scheduling.volcano.sh/, scheduling.k8s.io/, basalt.sh/, the legacy
/// "sla-waiting-time", kubernetes.io/ingress-bandwidth and egress-bandwidth, and those of `is_device_wish`.
bool is_scheduling_annotation(std::string_view key);
/// Keys under which a scheduler writes what a pod got of its node besides amounts (devices, cores):
/// below basalt.sh/assigned- and, as Volcano's device plugins know them, volcano.sh/vgpu-,
/// volcano.sh/gpu-, volcano.sh/bind-, volcano.sh/devices-to-allocate, volcano.sh/predicate-time,
/// volcano.sh/topology-decision.
bool is_assignment_annotation(std::string_view key);
/// Keys under which a pod says which shared GPUs it may get: nvidia.com/use-gputype and
/// nouse-gputype, volcano.sh/vgpu-use-gpuuuid and vgpu-nouse-gpuuuid, vgpu-mode, vgpu-podgroup-policy.
bool is_device_wish(std::string_view key);
/// Keys under which a node's device plugin says which GPUs it has: volcano.sh/node-vgpu-register,
/// volcano.sh/gpu-unhealthy-ids.
bool is_device_inventory(std::string_view key);
/// The value of a key, or nullptr.
const std::string* find_value(const StringPairs& pairs, std::string_view key);

// --- selectors in string form; the state interns them into those of selectors.hpp ---

struct RequirementText {
  std::string key, op;  ///< op: In, NotIn, Exists, DoesNotExist, Gt, Lt
  std::vector<std::string> values;
  bool operator==(const RequirementText&) const = default;
};
struct NodeSelectorTermText {
  std::vector<RequirementText> match_expressions, match_fields;
  bool operator==(const NodeSelectorTermText&) const = default;
};
struct PreferredNodesText {
  std::int32_t weight = 1;
  NodeSelectorTermText term;
  bool operator==(const PreferredNodesText&) const = default;
};
struct TaintText {
  std::string key, value, effect;  ///< effect: NoSchedule, PreferNoSchedule, NoExecute
  bool operator==(const TaintText&) const = default;
};
struct TolerationText {
  std::string key, op, value, effect;  ///< op: Equal (or empty), Exists
  bool operator==(const TolerationText&) const = default;
};
struct HostPortText {
  std::string protocol, address;
  std::int32_t port = 0;
  bool operator==(const HostPortText&) const = default;
};
/// meta/v1 LabelSelector.
struct LabelSelectorText {
  StringPairs match_labels;
  std::vector<RequirementText> match_expressions;
  bool operator==(const LabelSelectorText&) const = default;
};
/// core/v1 PodAffinityTerm. `selector` absent selects nothing.
struct PodAffinityTermText {
  std::optional<LabelSelectorText> selector;
  std::vector<std::string> namespaces;
  std::optional<LabelSelectorText> namespace_selector;
  std::string topology_key;
  bool operator==(const PodAffinityTermText&) const = default;
};
/// core/v1 WeightedPodAffinityTerm.
struct PreferredPodsText {
  std::int32_t weight = 1;
  PodAffinityTermText term;
  bool operator==(const PreferredPodsText&) const = default;
};
/// core/v1 TopologySpreadConstraint.
struct TopologySpreadText {
  std::int32_t max_skew = 1;
  std::string topology_key;
  bool hard = true;  ///< whenUnsatisfiable: DoNotSchedule
  std::optional<LabelSelectorText> selector;
  std::int32_t min_domains = 1;
  bool honours_affinity = true;  ///< nodeAffinityPolicy: Honor
  bool honours_taints = false;   ///< nodeTaintsPolicy: Honor
  bool operator==(const TopologySpreadText&) const = default;
};

/// How strictly a pod's cpus must lie in few NUMA nodes: the kubelet's topology manager policies.
enum class NumaPolicy : std::uint8_t { none, best_effort, restricted, single_numa_node };
/// "none", "best-effort", "restricted", "single-numa-node".
std::string_view to_string(NumaPolicy policy);
/// None: it is none of these words.
std::optional<NumaPolicy> parse_numa_policy(std::string_view text);

/// What a container of a Guaranteed pod has to itself under the kubelet's static cpu manager.
struct ExclusiveCpus {
  std::int64_t cpus = 0;     ///< 0: it asks for no whole number of cpus, and shares
  bool is_init = false;      ///< an init container
  bool restartable = false;  ///< an init container that stays: a sidecar
  bool operator==(const ExclusiveCpus&) const = default;
};

enum class PodPhase { pending, running, succeeded, failed, unknown };

/// A condition as the writers compare it: without times.
struct ConditionText {
  std::string type, status, reason, message;
  bool operator==(const ConditionText&) const = default;
};

/// core/v1 Pod.
struct PodObject {
  ObjectMeta meta;
  std::string scheduler_name;
  std::string node_name;  ///< empty: not bound
  PodPhase phase = PodPhase::pending;
  /// Effective request of the pod (`effective_request`), without the "pods" count.
  NamedAmounts request;
  /// cpu (milli) and memory (bytes) with kube-scheduler's defaults for containers that ask
  /// for none (100m, 200 MiB): what the least/most/balanced scores look at.
  std::int64_t scoring_cpu = 0;
  std::int64_t scoring_memory = 0;
  std::optional<std::int32_t> priority;
  std::string priority_class_name;
  bool never_preempts = false;  ///< preemptionPolicy: Never
  StringPairs node_selector;
  std::optional<std::vector<NodeSelectorTermText>> required_nodes;  ///< absent: no required node affinity
  std::vector<PreferredNodesText> preferred_nodes;
  std::vector<TolerationText> tolerations;
  std::vector<HostPortText> host_ports;
  std::vector<PodAffinityTermText> required_affinity, required_anti_affinity;  ///< inter-pod
  std::vector<PreferredPodsText> preferred_affinity, preferred_anti_affinity;  ///< inter-pod
  std::vector<TopologySpreadText> topology_spread;
  std::vector<std::string> scheduling_gates;
  std::vector<std::string> claims;           ///< PersistentVolumeClaims it mounts, by name
  std::vector<std::string> resource_claims;  ///< dynamic resource claims, by pod-local name
  std::string nominated_node_name;
  std::vector<ConditionText> conditions;       ///< of type PodScheduled, Ready and DisruptionTarget only
  std::optional<WallTime> started;             ///< status.startTime: its kubelet has taken it
  std::vector<DeviceRequest> device_requests;  ///< of its containers that ask for shared GPUs, in order
  /// Of its containers, init containers first, in the order in which they start; empty: its QoS class is not
  /// Guaranteed.
  std::vector<ExclusiveCpus> exclusive_cpus;
  bool operator==(const PodObject&) const = default;
};

/// core/v1 Node.
struct NodeObject {
  ObjectMeta meta;
  bool unschedulable = false;
  std::vector<TaintText> taints;
  NamedAmounts allocatable;
  bool operator==(const NodeObject&) const = default;
};

/// scheduling.volcano.sh/v1beta1 NetworkTopologySpec: how far apart members may be.
struct NetworkTopologyText {
  std::string mode = "hard";  ///< hard or soft
  std::optional<std::int32_t> highest_tier_allowed;
  std::string highest_tier_name;  ///< the same by name; empty: not stated
  bool operator==(const NetworkTopologyText&) const = default;
};
/// scheduling.volcano.sh/v1beta1 SubGroupPolicySpec: members that start together inside a group.
struct SubGroupPolicyText {
  std::string name;
  std::optional<LabelSelectorText> selector;  ///< absent: all members
  std::vector<std::string> match_label_keys;  ///< members with equal values form a sub-group; empty: matches nobody
  std::int32_t size = 1;                      ///< subGroupSize: members that a sub-group needs
  std::int32_t min_sub_groups = 0;            ///< sub-groups of that size that the group needs
  std::optional<NetworkTopologyText> network_topology;
  bool operator==(const SubGroupPolicyText&) const = default;
};

/// scheduling.volcano.sh/v1beta1 PodGroup.
struct PodGroupObject {
  ObjectMeta meta;
  std::int32_t min_member = 0;
  std::vector<std::pair<std::string, std::int32_t>> min_task_member;  ///< by role, sorted
  std::string queue;                                                  ///< empty: the default queue
  std::string priority_class_name;
  std::optional<NamedAmounts> min_resources;  ///< absent is not the same as empty: no enqueue gate at all
  std::optional<NetworkTopologyText> network_topology;
  std::vector<SubGroupPolicyText> sub_groups;
  std::string phase;  ///< Pending, Inqueue, Running, Unknown, Completed or empty
  std::int32_t running = 0, succeeded = 0, failed = 0;
  std::vector<ConditionText> conditions;
  /// What minResources says under keys that are no resources of nodes, but of quotas ("limits.cpu",
  /// "requests.memory", "count/pods"). Sorted by name; amounts in the unit of `quota_unit`.
  NamedAmounts quota_minimum;
  bool operator==(const PodGroupObject&) const = default;
};

/// Names of groups of nodes (the label volcano.sh/nodegroup-name), as a queue states them. Source: NodeGroupAffinity
/// and NodeGroupAntiAffinity of Volcano's queues.
struct NodeGroupTerms {
  std::vector<std::string> required;   ///< requiredDuringSchedulingIgnoredDuringExecution
  std::vector<std::string> preferred;  ///< preferredDuringSchedulingIgnoredDuringExecution, the most wanted first
  [[nodiscard]] bool is_empty() const { return required.empty() && preferred.empty(); }
  bool operator==(const NodeGroupTerms&) const = default;
};

/// scheduling.volcano.sh/v1beta1 Queue.
struct QueueObject {
  ObjectMeta meta;
  std::int32_t weight = 1;
  NamedAmounts capability, deserved, guarantee;
  bool reclaimable = true;
  std::string parent;
  std::int32_t priority = 0;
  std::string dequeue_strategy;  ///< fifo, traverse or empty
  std::string state;             ///< Open, Closed, Closing, Unknown or empty (as Open)
  NamedAmounts allocated;        ///< status.allocated as last written
  NodeGroupTerms node_groups;    ///< affinity.nodeGroupAffinity
  NodeGroupTerms anti_groups;    ///< affinity.nodeGroupAntiAffinity
  bool operator==(const QueueObject&) const = default;
};

/// scheduling.k8s.io/v1 PriorityClass.
struct PriorityClassObject {
  ObjectMeta meta;
  std::int32_t value = 0;
  bool global_default = false;
  bool never_preempts = false;
  bool operator==(const PriorityClassObject&) const = default;
};

/// core/v1 PersistentVolumeClaim.
struct ClaimObject {
  ObjectMeta meta;
  std::string volume_name;  ///< empty: not bound
  bool bound = false;       ///< phase Bound (or a volume name and the bind-completed annotation)
  std::optional<std::string> storage_class;
  bool operator==(const ClaimObject&) const = default;
};

/// core/v1 PersistentVolume.
struct VolumeObject {
  ObjectMeta meta;
  std::optional<std::vector<NodeSelectorTermText>> required_nodes;  ///< spec.nodeAffinity.required
  bool operator==(const VolumeObject&) const = default;
};

/// storage.k8s.io/v1 StorageClass.
struct StorageClassObject {
  ObjectMeta meta;
  bool wait_for_first_consumer = false;
  bool operator==(const StorageClassObject&) const = default;
};

/// core/v1 Namespace.
struct NamespaceObject {
  ObjectMeta meta;
  bool operator==(const NamespaceObject&) const = default;
};

/// What a HyperNode names as its own: exactly one of the selectors is set.
struct HyperNodeMemberText {
  bool is_node = true;                      ///< type Node; else HyperNode
  std::optional<std::string> exact_name;    ///< exactMatch.name
  std::optional<std::string> name_pattern;  ///< regexMatch.pattern, in RE2 syntax, found anywhere in the name
  std::optional<LabelSelectorText> labels;  ///< labelMatch, of nodes
  bool operator==(const HyperNodeMemberText&) const = default;
};

/// topology.volcano.sh/v1alpha1 HyperNode.
struct HyperNodeObject {
  ObjectMeta meta;
  std::int32_t tier = 0;  ///< the lower, the closer its nodes are to each other
  std::string tier_name;
  std::vector<HyperNodeMemberText> members;
  bool operator==(const HyperNodeObject&) const = default;
};

/// One line of a ResourceQuota.
struct QuotaLine {
  std::string key;        ///< as the quota names it: "requests.cpu", "pods", "requests.nvidia.com/gpu"
  std::int64_t hard = 0;  ///< the most that the namespace may have, in the unit of `quota_unit`
  std::int64_t used = 0;  ///< as last counted by who enforces the quota
  bool operator==(const QuotaLine&) const = default;
};
/// Which pods a ResourceQuota counts: those that all of its scopes select.
struct QuotaScope {
  std::string name;  ///< Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass, ...
  std::string op;    ///< In, NotIn, Exists, DoesNotExist
  std::vector<std::string> values;
  bool operator==(const QuotaScope&) const = default;
};
/// core/v1 ResourceQuota. Its lines are those of status.hard, with what is used; where that is not there yet, those of
/// spec.hard with nothing used. Keys of objects that scheduling does not make ("services", "count/secrets") are left
/// out.
struct ResourceQuotaObject {
  ObjectMeta meta;
  std::vector<QuotaLine> lines;  ///< sorted by key, each once
  std::vector<QuotaScope> scopes;
  bool operator==(const ResourceQuotaObject&) const = default;
};
/// Whether pods use up such a key of a quota: a resource of nodes, as it is or below "requests." or "limits.",
/// "pods", and "count/pods".
bool is_quota_key(std::string_view key);
/// The unit of what a quota states under a key.
Unit quota_unit(std::string_view key);

/// Where a logical cpu is.
struct CpuPlace {
  std::int32_t id = 0, numa = 0, socket = 0, core = 0;
  bool operator==(const CpuPlace&) const = default;
};
/// Cpus that a pod has to itself, as its node reports.
struct PodCpus {
  std::string uid;
  std::vector<std::int32_t> cpus;  ///< ascending
  bool operator==(const PodCpus&) const = default;
};
/// The cpus of a node and how its kubelet hands them out.
struct NumaTopology {
  bool has_static_cpus = false;  ///< its cpu manager's policy is static: whole cpus are exclusive
  NumaPolicy policy = NumaPolicy::none;
  std::int64_t reserved_cpu = 0;          ///< for the system, in thousandths
  std::vector<CpuPlace> cpus;             ///< by id, each once
  std::vector<std::int32_t> allocatable;  ///< not exclusive to anybody when last reported; ascending
  std::vector<PodCpus> allocations;  ///< pods that `allocatable` takes account of, by uid; older exporters name none
  bool operator==(const NumaTopology&) const = default;
};
/// nodeinfo.volcano.sh/v1alpha1 Numatopology, of the node of the same name.
struct NumatopologyObject {
  ObjectMeta meta;
  NumaTopology topology;
  bool operator==(const NumatopologyObject&) const = default;
};

/// Every kind that is watched. A new kind does not compile until the state takes it.
using ObjectVariant =
    std::variant<PodObject, NodeObject, PodGroupObject, QueueObject, PriorityClassObject, ClaimObject, VolumeObject,
                 StorageClassObject, NamespaceObject, HyperNodeObject, ResourceQuotaObject, NumatopologyObject>;

/// Kinds in the order of `ObjectVariant`.
enum class ObjectKind {
  pod,
  node,
  pod_group,
  queue,
  priority_class,
  claim,
  volume,
  storage_class,
  namespace_kind,
  hyper_node,
  resource_quota,
  numatopology
};

/// Kubernetes' name: "Pod", "PodGroup", ...
std::string_view to_string(ObjectKind kind);

}  // namespace basalt
