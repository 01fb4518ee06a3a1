#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>

#include "recording/frame.hpp"

/// The members of everything that a recording holds, in the order of their field numbers in record.proto: the first
/// is field 1. One line a type serves writing and reading. A member that a type gains does not compile until it is
/// named here: add it at the end, and to record.proto.
namespace basalt::recording {

template <class T, class Plain>
concept Like = std::same_as<std::remove_const_t<T>, Plain>;

// One overload a type; `T` is the type or its const. The structured binding names every member, or does not compile.
#define BASALT_MEMBERS(Type, ...) \
  template <Like<Type> T>         \
  auto members(T& value) {        \
    auto& [__VA_ARGS__] = value;  \
    return std::tie(__VA_ARGS__); \
  }

// --- objects ---
BASALT_MEMBERS(NamedAmount, name, amount)
BASALT_MEMBERS(OwnerReference, api_version, kind, name, uid)
BASALT_MEMBERS(ObjectMeta, space, name, uid, resource_version, created, deleted, labels, annotations, controller)
BASALT_MEMBERS(RequirementText, key, op, values)
BASALT_MEMBERS(NodeSelectorTermText, match_expressions, match_fields)
BASALT_MEMBERS(PreferredNodesText, weight, term)
BASALT_MEMBERS(TaintText, key, text, effect)
BASALT_MEMBERS(TolerationText, key, op, text, effect)
BASALT_MEMBERS(HostPortText, protocol, address, port)
BASALT_MEMBERS(LabelSelectorText, match_labels, match_expressions)
BASALT_MEMBERS(PodAffinityTermText, selector, namespaces, namespace_selector, topology_key)
BASALT_MEMBERS(PreferredPodsText, weight, term)
BASALT_MEMBERS(TopologySpreadText, max_skew, topology_key, hard, selector, min_domains, honours_affinity,
               honours_taints)
BASALT_MEMBERS(ConditionText, type, status, reason, message)
BASALT_MEMBERS(DeviceRequest, number, memory, memory_percentage, cores)
BASALT_MEMBERS(ExclusiveCpus, cpus, is_init, restartable)
BASALT_MEMBERS(PodObject, meta, scheduler_name, node_name, phase, request, scoring_cpu, scoring_memory, priority,
               priority_class_name, never_preempts, node_selector, required_nodes, preferred_nodes, tolerations,
               host_ports, required_affinity, required_anti_affinity, preferred_affinity, preferred_anti_affinity,
               topology_spread, scheduling_gates, claims, resource_claims, nominated_node_name, conditions, started,
               device_requests, exclusive_cpus)
BASALT_MEMBERS(NodeObject, meta, unschedulable, taints, allocatable)
BASALT_MEMBERS(NetworkTopologyText, mode, highest_tier_allowed, highest_tier_name)
BASALT_MEMBERS(SubGroupPolicyText, name, selector, match_label_keys, size, min_sub_groups, network_topology)
BASALT_MEMBERS(PodGroupObject, meta, min_member, min_task_member, queue, priority_class_name, min_resources,
               network_topology, sub_groups, phase, running, succeeded, failed, conditions, quota_minimum)
BASALT_MEMBERS(NodeGroupTerms, required, preferred)
BASALT_MEMBERS(QueueObject, meta, weight, capability, deserved, guarantee, reclaimable, parent, priority,
               dequeue_strategy, state, allocated, node_groups, anti_groups)
BASALT_MEMBERS(PriorityClassObject, meta, number, global_default, never_preempts)
BASALT_MEMBERS(ClaimObject, meta, volume_name, bound, storage_class)
BASALT_MEMBERS(VolumeObject, meta, required_nodes)
BASALT_MEMBERS(StorageClassObject, meta, wait_for_first_consumer)
BASALT_MEMBERS(NamespaceObject, meta)
BASALT_MEMBERS(HyperNodeMemberText, is_node, exact_name, name_pattern, labels)
BASALT_MEMBERS(HyperNodeObject, meta, tier, tier_name, parts)
BASALT_MEMBERS(QuotaLine, key, hard, used)
BASALT_MEMBERS(QuotaScope, name, op, values)
BASALT_MEMBERS(ResourceQuotaObject, meta, lines, scopes)
BASALT_MEMBERS(CpuPlace, id, numa, socket, core)
BASALT_MEMBERS(PodCpus, uid, cpus)
BASALT_MEMBERS(NumaTopology, has_static_cpus, policy, reserved_cpu, cpus, allocatable, allocations)
BASALT_MEMBERS(NumatopologyObject, meta, topology)

// --- deltas ---
BASALT_MEMBERS(Upserted, object)
BASALT_MEMBERS(Removed, kind, space, name, uid)
BASALT_MEMBERS(Rejected, kind, space, name, uid, node_name, reason)
BASALT_MEMBERS(BindResult, space, name, uid, node_name, outcome, message)
BASALT_MEMBERS(EvictResult, space, name, uid, accepted, message)
BASALT_MEMBERS(StatusResult, kind, space, name, uid, accepted, message)

// --- rows ---
BASALT_MEMBERS(Requirement, key, op, values)
BASALT_MEMBERS(NodeSelectorTerm, match_expressions, match_fields)
BASALT_MEMBERS(NodeSelector, terms)
BASALT_MEMBERS(PreferredNodes, weight, term)
BASALT_MEMBERS(Taint, key, text, effect)
BASALT_MEMBERS(Toleration, key, exists, text, effect)
BASALT_MEMBERS(HostPort, protocol, address, port)
BASALT_MEMBERS(LabelSelector, selects_nothing, requirements)
BASALT_MEMBERS(PodSelection, in_all_namespaces, namespaces, selector)
BASALT_MEMBERS(PodAffinityTerm, pods, topology_key)
BASALT_MEMBERS(PreferredPods, weight, term)
BASALT_MEMBERS(TopologySpread, max_skew, topology_key, hard, min_domains, honours_affinity, honours_taints, pods,
               counts_itself)
BASALT_MEMBERS(PodLabels, spec, space, labels)
BASALT_MEMBERS(IoRates, network, disk)
BASALT_MEMBERS(IoCapacity, network, disk)
BASALT_MEMBERS(PastShare, part, held, until)
BASALT_MEMBERS(Spec, own, request, scoring_cpu, scoring_memory, node_selector, required_nodes, volume_nodes,
               preferred_nodes, tolerations, host_ports, required_affinity, meets_own_affinity, required_anti_affinity,
               preferred_pods, spread, blockers, gated, device_requests, device_wishes, numa_policy, exclusive_cpus, io)
BASALT_MEMBERS(Task, space, name, uid, job, sub_job, spec, labels, role, priority, created, preemptable, critical,
               never_preempts, assigned, nominated_node, scheduled, started)
BASALT_MEMBERS(NetworkTopology, hard, highest_tier, highest_tier_name)
BASALT_MEMBERS(SubGroupPolicy, name, selector, match_label_keys, size, min_sub_groups, network_topology)
BASALT_MEMBERS(JobObserved, phase, phase_text, running, succeeded, failed, conditions)
BASALT_MEMBERS(Job, space, name, uid, implicit, queue, queue_name, min_member, min_task_member, priority, created,
               min_resources, preemptable, annotations, blockers, network_topology, sub_groups, tasks, sub_jobs,
               observed, running_estimate, faults, quota_minimum, priority_class)
BASALT_MEMBERS(Queue, name, uid, weight, priority, capability, deserved, guarantee, reclaimable, fifo, parent, state,
               created, served, observed_allocated, annotations, past, node_groups, anti_groups)
BASALT_MEMBERS(Node, name, labels, taints, unschedulable, allocatable, uncountable_pods, placeholder, devices, numa, io)

// --- checkpoints ---
BASALT_MEMBERS(Ownership, scheduler_names, default_queue, implicit_groups, claim_empty_groups, node_selector)
BASALT_MEMBERS(Checkpoint::TaskEntry, row, spec, labels, status, node)
BASALT_MEMBERS(Checkpoint::PodEntry, key, uid, group, phase, node_name, deleting, binding, evicting, object,
               uncountable_on, task)
BASALT_MEMBERS(Checkpoint::JobEntry, row, phase)
BASALT_MEMBERS(Checkpoint::GroupEntry, key, object, rejection, implicit_row, count, job)
BASALT_MEMBERS(Checkpoint, ownership, symbols, kinds, priority_classes, claims, volumes, storage_classes, namespaces,
               queues, nodes, hyper_nodes, specs, label_sets, groups, pods, resource_quotas, numatopologies)

// --- frames ---
BASALT_MEMBERS(RecordingHeader, format, program)
BASALT_MEMBERS(RecordedConfiguration, origin, text)
BASALT_MEMBERS(RecordedCycle, now, cycle, configuration, deltas, woke_all, digest, decisions)
BASALT_MEMBERS(RecordingBroken, reason)

#undef BASALT_MEMBERS

}  // namespace basalt::recording
