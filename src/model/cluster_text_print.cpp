#include <map>

#include "basalt/base/overloaded.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/model/cpu_list.hpp"
#include "model/pod_constraints_text.hpp"

namespace basalt {
namespace {

std::string seconds_of(WallTime time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

/// Gathers the attributes of one line.
class LineText {
 public:
  /// All that every kind has, but for the annotation `except`, which is said in another way.
  LineText(std::string_view kind, const ObjectMeta& meta, std::string_view except = {}) : line_(kind) {
    line_ += " ";
    if (!meta.namespace_name.empty() && meta.namespace_name != "default") line_ += meta.namespace_name + "/";
    line_ += meta.name;
    add("created", seconds_of(meta.created));
    for (const auto& [key, value] : meta.labels) add("label:" + key, value);
    for (const auto& [key, value] : meta.annotations) {
      if (key != except) add("annotation:" + key, value);
    }
  }
  void add(const std::string& key, const std::string& value) { line_ += " " + key + "=" + value; }
  void add_if(bool condition, const std::string& key, const std::string& value) {
    if (condition) add(key, value);
  }
  void flag_if(bool condition, const std::string& key) {
    if (condition) line_ += " " + key;
  }
  void amounts(const NamedAmounts& amounts, const std::string& prefix = {}) {
    for (const auto& [name, amount] : amounts) add(prefix + name, format_quantity(amount, unit_of(name)));
  }
  [[nodiscard]] std::string text() && { return std::move(line_); }

 private:
  std::string line_;
};

std::string join(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ",") + value;
  return joined;
}

void print_required(LineText& line, const std::optional<std::vector<NodeSelectorTermText>>& required) {
  if (!required || required->empty()) return;
  for (const RequirementText& requirement : required->front().match_expressions) {
    line.add("require:" + requirement.key, join(requirement.values));
  }
}

std::string print(const NodeObject& node) {
  LineText line("node", node.meta);
  line.amounts(node.allocatable);
  line.flag_if(node.unschedulable, "unschedulable");
  for (const TaintText& taint : node.taints) line.add("taint:" + taint.key, taint.value + ":" + taint.effect);
  return std::move(line).text();
}

std::string print(const QueueObject& queue) {
  LineText line("queue", queue.meta);
  line.add_if(queue.weight != 1, "weight", std::to_string(queue.weight));
  line.add_if(queue.priority != 0, "priority", std::to_string(queue.priority));
  line.add_if(!queue.parent.empty(), "parent", queue.parent);
  line.add_if(!queue.state.empty(), "state", queue.state);
  line.add_if(!queue.dequeue_strategy.empty(), "strategy", queue.dequeue_strategy);
  line.add_if(!queue.reclaimable, "reclaimable", "false");
  line.amounts(queue.capability, "capability.");
  line.amounts(queue.deserved, "deserved.");
  line.amounts(queue.guarantee, "guarantee.");
  const auto groups = [&](const std::string& key, const std::vector<std::string>& names) {
    line.add_if(!names.empty(), key, join(names));
  };
  groups("require-groups", queue.node_groups.required);
  groups("prefer-groups", queue.node_groups.preferred);
  groups("forbid-groups", queue.anti_groups.required);
  groups("avoid-groups", queue.anti_groups.preferred);
  return std::move(line).text();
}

std::string topology_text(const std::optional<NetworkTopologyText>& topology) {
  if (!topology) return {};
  if (topology->highest_tier_allowed) return topology->mode + ":" + std::to_string(*topology->highest_tier_allowed);
  return topology->mode + (topology->highest_tier_name.empty() ? "" : ":" + topology->highest_tier_name);
}

void print_policy(LineText& line, const SubGroupPolicyText& policy) {
  line.add("sub-group:" + policy.name, join(policy.match_label_keys));
  line.add_if(policy.size != 1, "sub-group-size:" + policy.name, std::to_string(policy.size));
  line.add_if(policy.min_sub_groups != 0, "sub-group-min:" + policy.name, std::to_string(policy.min_sub_groups));
  line.add_if(policy.network_topology.has_value(), "sub-group-topology:" + policy.name,
              topology_text(policy.network_topology));
  if (!policy.selector) return;
  for (const auto& [key, value] : policy.selector->match_labels) {
    line.add("sub-group-select:" + policy.name, key + "=" + value);
  }
}

std::string print(const PodGroupObject& group) {
  LineText line("job", group.meta);
  line.add_if(group.min_member != 0, "min", std::to_string(group.min_member));
  line.add_if(!group.queue.empty(), "queue", group.queue);
  line.add_if(!group.priority_class_name.empty(), "priority", group.priority_class_name);
  line.add_if(!group.phase.empty(), "phase", group.phase);
  line.add_if(group.network_topology.has_value(), "topology", topology_text(group.network_topology));
  if (group.min_resources) {
    line.flag_if(group.min_resources->empty(), "min-resources");
    line.amounts(*group.min_resources, "min-resources.");
    for (const auto& [key, amount] : group.quota_minimum) {
      line.add("min-resources." + key, format_quantity(amount, quota_unit(key)));
    }
  }
  for (const auto& [role, minimum] : group.min_task_member) line.add("role:" + role, std::to_string(minimum));
  for (const SubGroupPolicyText& policy : group.sub_groups) print_policy(line, policy);
  return std::move(line).text();
}

void print_constraints(LineText& line, const PodObject& pod) {
  for (const auto& [key, value] : pod.node_selector) line.add("select:" + key, value);
  print_required(line, pod.required_nodes);
  for (const PreferredNodesText& preferred : pod.preferred_nodes) {
    for (const RequirementText& requirement : preferred.term.match_expressions) {
      line.add("prefer:" + requirement.key, join(requirement.values));
    }
  }
  for (const TolerationText& toleration : pod.tolerations) {
    line.add("tolerate:" + toleration.key,
             toleration.value + (toleration.effect.empty() ? std::string() : ":" + toleration.effect));
  }
  for (const HostPortText& port : pod.host_ports) line.add("port", std::to_string(port.port));
  for (const std::string& gate : pod.scheduling_gates) line.add("gate", gate);
  for (const std::string& claim : pod.claims) line.add("claim", claim);
  for (const auto& [key, value] : pod_constraints(pod)) line.add(key, value);
}

std::string exclusive_text(const std::vector<ExclusiveCpus>& containers) {
  std::string text;
  for (const ExclusiveCpus& container : containers) {
    if (!text.empty()) text += ',';
    if (container.is_init) text += container.restartable ? 's' : 'i';
    text += std::to_string(container.cpus);
  }
  return text;
}

std::string print(const PodObject& pod) {
  constexpr std::string_view kGroupName = "scheduling.k8s.io/group-name";
  static const char* const phases[] = {"pending", "running", "succeeded", "failed", "unknown"};
  const std::string* group = find_value(pod.meta.annotations, kGroupName);
  LineText line(group == nullptr ? "pod" : "task", pod.meta, kGroupName);
  if (group != nullptr) line.add("job", *group);
  line.amounts(pod.request);
  line.add_if(pod.scheduler_name != "basalt", "scheduler", pod.scheduler_name);
  line.add_if(!pod.node_name.empty(), "on", pod.node_name);
  line.add_if(pod.phase != PodPhase::pending, "status", phases[static_cast<int>(pod.phase)]);
  line.add_if(pod.started.has_value(), "started", seconds_of(pod.started.value_or(WallTime{})));
  line.add_if(pod.priority.has_value(), "priority", std::to_string(pod.priority.value_or(0)));
  line.add_if(!pod.priority_class_name.empty(), "class", pod.priority_class_name);
  line.add_if(!pod.nominated_node_name.empty(), "nominated", pod.nominated_node_name);
  line.flag_if(pod.never_preempts, "never-preempts");
  line.add_if(!pod.exclusive_cpus.empty(), "guaranteed", exclusive_text(pod.exclusive_cpus));
  line.flag_if(pod.meta.deleted.has_value(), "deleting");
  print_constraints(line, pod);
  return std::move(line).text();
}

std::string print(const PriorityClassObject& priority_class) {
  LineText line("priority-class", priority_class.meta);
  line.add("value", std::to_string(priority_class.value));
  line.flag_if(priority_class.global_default, "default");
  return std::move(line).text();
}

std::string print(const ClaimObject& claim) {
  LineText line("claim", claim.meta);
  line.add_if(!claim.volume_name.empty(), "volume", claim.volume_name);
  line.add_if(claim.storage_class.has_value(), "class", claim.storage_class.value_or(""));
  return std::move(line).text();
}

std::string print(const VolumeObject& volume) {
  LineText line("volume", volume.meta);
  print_required(line, volume.required_nodes);
  return std::move(line).text();
}

std::string print(const StorageClassObject& storage_class) {
  LineText line("storage-class", storage_class.meta);
  line.flag_if(storage_class.wait_for_first_consumer, "wait-for-first-consumer");
  return std::move(line).text();
}

std::string print(const NamespaceObject& name_space) { return LineText("namespace", name_space.meta).text(); }

std::string print(const HyperNodeObject& hyper_node) {
  LineText line("hyper-node", hyper_node.meta);
  line.add("tier", std::to_string(hyper_node.tier));
  line.add_if(!hyper_node.tier_name.empty(), "tier-name", hyper_node.tier_name);
  for (const HyperNodeMemberText& member : hyper_node.members) {
    if (member.exact_name) line.add(member.is_node ? "nodes" : "hyper-nodes", *member.exact_name);
    if (member.is_node && member.name_pattern) line.add("pattern", *member.name_pattern);
    if (!member.labels) continue;
    for (const auto& [key, value] : member.labels->match_labels) line.add("select:" + key, value);
  }
  return std::move(line).text();
}

std::string print(const ResourceQuotaObject& quota) {
  LineText line("quota", quota.meta);
  for (const QuotaLine& limit : quota.lines) {
    line.add("hard." + limit.key, format_quantity(limit.hard, quota_unit(limit.key)));
    line.add_if(limit.used != 0, "used." + limit.key, format_quantity(limit.used, quota_unit(limit.key)));
  }
  for (const QuotaScope& scope : quota.scopes) {
    line.add("scope:" + scope.name, scope.op + (scope.values.empty() ? "" : ":" + join(scope.values)));
  }
  return std::move(line).text();
}

/// One attribute for each number that cpus have in one respect, those left out that need not be said.
template <class Number, class IsSaid>
void print_places(LineText& line, const NumaTopology& topology, const std::string& what, Number number,
                  IsSaid is_said) {
  std::map<std::int32_t, std::vector<std::int32_t>> cpus;
  for (const CpuPlace& place : topology.cpus) {
    if (is_said(place)) cpus[number(place)].push_back(place.id);
  }
  for (const auto& [at, list] : cpus) line.add(what + ":" + std::to_string(at), print_cpu_list(list));
}

std::string print(const NumatopologyObject& object) {
  const NumaTopology& topology = object.topology;
  LineText line("numatopology", object.meta);
  line.add_if(topology.policy != NumaPolicy::none, "policy", std::string(to_string(topology.policy)));
  line.flag_if(topology.has_static_cpus, "static");
  line.add_if(topology.reserved_cpu != 0, "reserved.cpu", format_quantity(topology.reserved_cpu, Unit::milli));
  print_places(
      line, topology, "numa", [](const CpuPlace& place) { return place.numa; }, [](const CpuPlace&) { return true; });
  print_places(
      line, topology, "socket", [](const CpuPlace& place) { return place.socket; },
      [](const CpuPlace& place) { return place.socket != place.numa; });
  print_places(
      line, topology, "core", [](const CpuPlace& place) { return place.core; },
      [](const CpuPlace& place) { return place.core != place.id; });
  std::vector<std::int32_t> all;
  for (const CpuPlace& place : topology.cpus) all.push_back(place.id);
  line.add_if(topology.allocatable != all, "allocatable", print_cpu_list(topology.allocatable));
  for (const PodCpus& pod : topology.allocations) line.add("pod:" + pod.uid, print_cpu_list(pod.cpus));
  return std::move(line).text();
}

}  // namespace

std::string print_cluster_text(const ObjectVariant& object) {
  return std::visit([](const auto& kind) { return print(kind); }, object);
}

}  // namespace basalt
