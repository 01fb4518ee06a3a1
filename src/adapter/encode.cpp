#include "adapter/encode.hpp"

#include <nlohmann/json.hpp>

#include "adapter/rfc3339.hpp"
#include "basalt/model/cpu_list.hpp"
#include "basalt/model/quantity.hpp"

namespace basalt::adapter {
namespace {

using Json = nlohmann::json;

/// Sets a member unless there is nothing to say.
void put(Json& object, const char* member, Json value) {
  if (!value.is_null() && !(value.is_structured() && value.empty())) object[member] = std::move(value);
}
void put_text(Json& object, const char* member, const std::string& text) {
  if (!text.empty()) object[member] = text;
}

Json pairs_object(const StringPairs& pairs) {
  Json object = Json::object();
  for (const auto& [key, value] : pairs) object[key] = value;
  return object;
}

Json amounts_object(const NamedAmounts& amounts) {
  Json object = Json::object();
  for (const auto& [name, amount] : amounts) object[name] = format_quantity(amount, unit_of(name));
  return object;
}

template <class Items, class Encode>
Json list_of(const Items& items, const Encode& encode_one) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(encode_one(item));
  return list;
}

Json metadata_object(const ObjectMeta& meta) {
  Json object = {{"name", meta.name}, {"creationTimestamp", format_time(meta.created)}};
  put_text(object, "namespace", meta.namespace_name);
  put_text(object, "uid", meta.uid);
  put_text(object, "resourceVersion", meta.resource_version);
  if (meta.deleted) object["deletionTimestamp"] = format_time(*meta.deleted);
  put(object, "labels", pairs_object(meta.labels));
  put(object, "annotations", pairs_object(meta.annotations));
  if (!meta.controller) return object;
  const OwnerReference& owner = *meta.controller;
  object["ownerReferences"] = Json::array({{{"apiVersion", owner.api_version},
                                            {"kind", owner.kind},
                                            {"name", owner.name},
                                            {"uid", owner.uid},
                                            {"controller", true}}});
  return object;
}

Json object_of(const char* api_version, const char* kind, const ObjectMeta& meta) {
  return {{"apiVersion", api_version}, {"kind", kind}, {"metadata", metadata_object(meta)}};
}

// --- selectors ---

Json requirement_object(const RequirementText& requirement) {
  Json object = {{"key", requirement.key}, {"operator", requirement.op}};
  put(object, "values", requirement.values);
  return object;
}

Json selector_object(const LabelSelectorText& selector) {
  Json object = Json::object();
  put(object, "matchLabels", pairs_object(selector.match_labels));
  put(object, "matchExpressions", list_of(selector.match_expressions, requirement_object));
  return object;
}

Json node_term_object(const NodeSelectorTermText& term) {
  Json object = Json::object();
  put(object, "matchExpressions", list_of(term.match_expressions, requirement_object));
  put(object, "matchFields", list_of(term.match_fields, requirement_object));
  return object;
}

Json node_selector_object(const std::vector<NodeSelectorTermText>& terms) {
  return {{"nodeSelectorTerms", list_of(terms, node_term_object)}};
}

Json pods_term_object(const PodAffinityTermText& term) {
  Json object = {{"topologyKey", term.topology_key}};
  if (term.selector) object["labelSelector"] = selector_object(*term.selector);
  put(object, "namespaces", term.namespaces);
  if (term.namespace_selector) object["namespaceSelector"] = selector_object(*term.namespace_selector);
  return object;
}

// --- pods ---

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

Json node_affinity_object(const PodObject& pod) {
  Json object = Json::object();
  if (pod.required_nodes) object[kRequired] = node_selector_object(*pod.required_nodes);
  put(object, kPreferred, list_of(pod.preferred_nodes, [](const PreferredNodesText& wish) {
        return Json{{"weight", wish.weight}, {"preference", node_term_object(wish.term)}};
      }));
  return object;
}

Json pod_affinity_object(const std::vector<PodAffinityTermText>& required,
                         const std::vector<PreferredPodsText>& preferred) {
  Json object = Json::object();
  put(object, kRequired, list_of(required, pods_term_object));
  put(object, kPreferred, list_of(preferred, [](const PreferredPodsText& wish) {
        return Json{{"weight", wish.weight}, {"podAffinityTerm", pods_term_object(wish.term)}};
      }));
  return object;
}

Json spread_object(const TopologySpreadText& spread) {
  Json object = {{"maxSkew", spread.max_skew},
                 {"topologyKey", spread.topology_key},
                 {"whenUnsatisfiable", spread.hard ? "DoNotSchedule" : "ScheduleAnyway"}};
  if (spread.selector) object["labelSelector"] = selector_object(*spread.selector);
  if (spread.min_domains != 1) object["minDomains"] = spread.min_domains;
  if (!spread.honours_affinity) object["nodeAffinityPolicy"] = "Ignore";
  if (spread.honours_taints) object["nodeTaintsPolicy"] = "Honor";
  return object;
}

Json toleration_object(const TolerationText& toleration) {
  Json object = Json::object();
  put_text(object, "key", toleration.key);
  put_text(object, "operator", toleration.op);
  put_text(object, "value", toleration.value);
  put_text(object, "effect", toleration.effect);
  return object;
}

Json port_object(const HostPortText& port) {
  Json object = {{"containerPort", port.port}, {"hostPort", port.port}};
  put_text(object, "protocol", port.protocol);
  put_text(object, "hostIP", port.address);
  return object;
}

/// What makes a pod Guaranteed.
NamedAmounts limits_of(const PodObject& pod) {
  NamedAmounts limits;
  for (const NamedAmount& amount : pod.request) {
    if (amount.name == "cpu" || amount.name == "memory") limits.push_back(amount);
  }
  return limits;
}

Json container_object(const PodObject& pod) {
  Json object = {{"name", "main"}, {"image", "pause"}};
  if (!pod.request.empty()) object["resources"] = {{"requests", amounts_object(pod.request)}};
  if (!pod.exclusive_cpus.empty()) object["resources"]["limits"] = amounts_object(limits_of(pod));
  put(object, "ports", list_of(pod.host_ports, port_object));
  return object;
}

Json volumes_list(const PodObject& pod) {
  Json list = Json::array();
  for (const std::string& claim : pod.claims) {
    list.push_back(
        {{"name", "volume-" + std::to_string(list.size())}, {"persistentVolumeClaim", {{"claimName", claim}}}});
  }
  return list;
}

Json named(const std::string& name) { return {{"name", name}}; }

Json pod_spec(const PodObject& pod) {
  Json spec = {{"containers", Json::array({container_object(pod)})},
               {"restartPolicy", "Never"},
               {"schedulerName", pod.scheduler_name}};
  put(spec, "volumes", volumes_list(pod));
  put(spec, "nodeSelector", pairs_object(pod.node_selector));
  put_text(spec, "nodeName", pod.node_name);
  Json affinity = Json::object();
  put(affinity, "nodeAffinity", node_affinity_object(pod));
  put(affinity, "podAffinity", pod_affinity_object(pod.required_affinity, pod.preferred_affinity));
  put(affinity, "podAntiAffinity", pod_affinity_object(pod.required_anti_affinity, pod.preferred_anti_affinity));
  put(spec, "affinity", std::move(affinity));
  put(spec, "tolerations", list_of(pod.tolerations, toleration_object));
  put_text(spec, "priorityClassName", pod.priority_class_name);
  if (pod.priority) spec["priority"] = *pod.priority;
  if (pod.never_preempts) spec["preemptionPolicy"] = "Never";
  put(spec, "topologySpreadConstraints", list_of(pod.topology_spread, spread_object));
  put(spec, "schedulingGates", list_of(pod.scheduling_gates, named));
  put(spec, "resourceClaims", list_of(pod.resource_claims, named));
  return spec;
}

Json condition_object(const ConditionText& condition) {
  Json object = {{"type", condition.type}, {"status", condition.status}};
  put_text(object, "reason", condition.reason);
  put_text(object, "message", condition.message);
  return object;
}

const char* phase_text(PodPhase phase) {
  switch (phase) {
    case PodPhase::pending: return "Pending";
    case PodPhase::running: return "Running";
    case PodPhase::succeeded: return "Succeeded";
    case PodPhase::failed: return "Failed";
    case PodPhase::unknown: return "Unknown";
  }
  return "";
}

Json encoded(const PodObject& pod) {
  Json object = object_of("v1", "Pod", pod.meta);
  object["spec"] = pod_spec(pod);
  Json status = {{"phase", phase_text(pod.phase)}};
  put_text(status, "nominatedNodeName", pod.nominated_node_name);
  if (pod.started) status["startTime"] = format_time(*pod.started);
  put(status, "conditions", list_of(pod.conditions, condition_object));
  object["status"] = std::move(status);
  return object;
}

// --- the other kinds ---

Json encoded(const NodeObject& node) {
  Json object = object_of("v1", "Node", node.meta);
  Json spec = Json::object();
  if (node.unschedulable) spec["unschedulable"] = true;
  put(spec, "taints", list_of(node.taints, [](const TaintText& taint) {
        Json one = {{"key", taint.key}, {"effect", taint.effect}};
        put_text(one, "value", taint.value);
        return one;
      }));
  object["spec"] = std::move(spec);
  object["status"] = {{"capacity", amounts_object(node.allocatable)},
                      {"allocatable", amounts_object(node.allocatable)},
                      {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})}};
  return object;
}

Json topology_object(const NetworkTopologyText& topology) {
  Json object = {{"mode", topology.mode}};
  if (topology.highest_tier_allowed) object["highestTierAllowed"] = *topology.highest_tier_allowed;
  put_text(object, "highestTierName", topology.highest_tier_name);
  return object;
}

Json policy_object(const SubGroupPolicyText& policy) {
  Json object = {{"name", policy.name}, {"subGroupSize", policy.size}};
  if (policy.selector) object["labelSelector"] = selector_object(*policy.selector);
  put(object, "matchLabelKeys", policy.match_label_keys);
  if (policy.min_sub_groups != 0) object["minSubGroups"] = policy.min_sub_groups;
  if (policy.network_topology) object["networkTopology"] = topology_object(*policy.network_topology);
  return object;
}

Json encoded(const PodGroupObject& group) {
  Json object = object_of("scheduling.volcano.sh/v1beta1", "PodGroup", group.meta);
  Json spec = {{"minMember", group.min_member}};
  put_text(spec, "queue", group.queue);
  put_text(spec, "priorityClassName", group.priority_class_name);
  Json roles = Json::object();
  for (const auto& [role, minimum] : group.min_task_member) roles[role] = minimum;
  put(spec, "minTaskMember", std::move(roles));
  if (group.min_resources) {
    Json minimum = amounts_object(*group.min_resources);
    for (const auto& [key, amount] : group.quota_minimum) minimum[key] = format_quantity(amount, quota_unit(key));
    spec["minResources"] = std::move(minimum);
  }
  if (group.network_topology) spec["networkTopology"] = topology_object(*group.network_topology);
  put(spec, "subGroupPolicy", list_of(group.sub_groups, policy_object));
  object["spec"] = std::move(spec);
  Json status = Json::object();
  put_text(status, "phase", group.phase);
  if (group.running != 0) status["running"] = group.running;
  if (group.succeeded != 0) status["succeeded"] = group.succeeded;
  if (group.failed != 0) status["failed"] = group.failed;
  put(status, "conditions", list_of(group.conditions, condition_object));
  put(object, "status", std::move(status));
  return object;
}

Json node_groups(const NodeGroupTerms& terms) {
  Json object = Json::object();
  if (!terms.required.empty()) object["requiredDuringSchedulingIgnoredDuringExecution"] = terms.required;
  if (!terms.preferred.empty()) object["preferredDuringSchedulingIgnoredDuringExecution"] = terms.preferred;
  return object;
}

Json encoded(const QueueObject& queue) {
  Json object = object_of("scheduling.volcano.sh/v1beta1", "Queue", queue.meta);
  Json spec = {{"weight", queue.weight}, {"reclaimable", queue.reclaimable}};
  put(spec, "capability", amounts_object(queue.capability));
  put(spec, "deserved", amounts_object(queue.deserved));
  if (!queue.guarantee.empty()) spec["guarantee"] = {{"resource", amounts_object(queue.guarantee)}};
  put_text(spec, "parent", queue.parent);
  if (queue.priority != 0) spec["priority"] = queue.priority;
  put_text(spec, "dequeueStrategy", queue.dequeue_strategy);
  Json affinity = Json::object();
  put(affinity, "nodeGroupAffinity", node_groups(queue.node_groups));
  put(affinity, "nodeGroupAntiAffinity", node_groups(queue.anti_groups));
  put(spec, "affinity", std::move(affinity));
  object["spec"] = std::move(spec);
  Json status = Json::object();
  put_text(status, "state", queue.state);
  put(status, "allocated", amounts_object(queue.allocated));
  put(object, "status", std::move(status));
  return object;
}

Json encoded(const PriorityClassObject& priority_class) {
  Json object = object_of("scheduling.k8s.io/v1", "PriorityClass", priority_class.meta);
  object["value"] = priority_class.value;
  if (priority_class.global_default) object["globalDefault"] = true;
  if (priority_class.never_preempts) object["preemptionPolicy"] = "Never";
  return object;
}

Json encoded(const ClaimObject& claim) {
  Json object = object_of("v1", "PersistentVolumeClaim", claim.meta);
  Json spec = {{"accessModes", Json::array({"ReadWriteOnce"})}, {"resources", {{"requests", {{"storage", "1Gi"}}}}}};
  put_text(spec, "volumeName", claim.volume_name);
  if (claim.storage_class) spec["storageClassName"] = *claim.storage_class;
  object["spec"] = std::move(spec);
  object["status"] = {{"phase", claim.bound ? "Bound" : "Pending"}};
  return object;
}

Json encoded(const VolumeObject& volume) {
  Json object = object_of("v1", "PersistentVolume", volume.meta);
  Json spec = {{"accessModes", Json::array({"ReadWriteOnce"})},
               {"capacity", {{"storage", "1Gi"}}},
               {"hostPath", {{"path", "/tmp"}}}};
  if (volume.required_nodes) spec["nodeAffinity"] = {{"required", node_selector_object(*volume.required_nodes)}};
  object["spec"] = std::move(spec);
  return object;
}

Json encoded(const StorageClassObject& storage_class) {
  Json object = object_of("storage.k8s.io/v1", "StorageClass", storage_class.meta);
  object["provisioner"] = "kubernetes.io/no-provisioner";
  object["volumeBindingMode"] = storage_class.wait_for_first_consumer ? "WaitForFirstConsumer" : "Immediate";
  return object;
}

Json encoded(const NamespaceObject& space) { return object_of("v1", "Namespace", space.meta); }

Json member_object(const HyperNodeMemberText& member) {
  Json selector = Json::object();
  if (member.exact_name) selector["exactMatch"] = {{"name", *member.exact_name}};
  if (member.name_pattern) selector["regexMatch"] = {{"pattern", *member.name_pattern}};
  if (member.labels) selector["labelMatch"] = selector_object(*member.labels);
  return {{"type", member.is_node ? "Node" : "HyperNode"}, {"selector", std::move(selector)}};
}

Json encoded(const HyperNodeObject& hyper_node) {
  Json object = object_of("topology.volcano.sh/v1alpha1", "HyperNode", hyper_node.meta);
  Json spec = {{"tier", hyper_node.tier}};
  put_text(spec, "tierName", hyper_node.tier_name);
  put(spec, "members", list_of(hyper_node.members, member_object));
  object["spec"] = std::move(spec);
  return object;
}

Json encoded(const ResourceQuotaObject& quota) {
  Json object = object_of("v1", "ResourceQuota", quota.meta);
  Json hard = Json::object();
  Json used = Json::object();
  for (const QuotaLine& line : quota.lines) {
    hard[line.key] = format_quantity(line.hard, quota_unit(line.key));
    used[line.key] = format_quantity(line.used, quota_unit(line.key));
  }
  Json spec = {{"hard", hard}};
  const Json scopes = list_of(quota.scopes, [](const QuotaScope& scope) {
    Json one = {{"scopeName", scope.name}, {"operator", scope.op}};
    put(one, "values", scope.values);
    return one;
  });
  if (!scopes.empty()) spec["scopeSelector"] = {{"matchExpressions", scopes}};
  object["spec"] = std::move(spec);
  object["status"] = {{"hard", std::move(hard)}, {"used", std::move(used)}};
  return object;
}

Json encoded(const NumatopologyObject& numatopology) {
  const NumaTopology& topology = numatopology.topology;
  Json object = object_of("nodeinfo.volcano.sh/v1alpha1", "Numatopology", numatopology.meta);
  Json detail = Json::object();
  for (const CpuPlace& place : topology.cpus) {
    detail[std::to_string(place.id)] = {{"numa", place.numa}, {"socket", place.socket}, {"core", place.core}};
  }
  Json spec = {
      {"policies",
       {{"CPUManagerPolicy", topology.has_static_cpus ? "static" : "none"},
        {"TopologyManagerPolicy", std::string(to_string(topology.policy))}}},
      {"numares",
       {{"cpu", {{"allocatable", print_cpu_list(topology.allocatable)}, {"capacity", topology.cpus.size()}}}}}};
  put(spec, "cpuDetail", std::move(detail));
  if (topology.reserved_cpu != 0) spec["resReserved"] = {{"cpu", format_quantity(topology.reserved_cpu, Unit::milli)}};
  put(spec, "podAllocations", list_of(topology.allocations, [](const PodCpus& pod) {
        const Json container = {{"name", "main"}, {"allocations", {{"cpu", print_cpu_list(pod.cpus)}}}};
        return Json{{"uid", pod.uid}, {"containerAllocations", Json::array({container})}};
      }));
  object["spec"] = std::move(spec);
  return object;
}

}  // namespace

std::string encode(const ObjectVariant& object) {
  const Json tree = std::visit([](const auto& kind) { return encoded(kind); }, object);
  return tree.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace basalt::adapter
