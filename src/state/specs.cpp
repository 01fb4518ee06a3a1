#include <algorithm>
#include <iterator>

#include "state/interner.hpp"
#include "state/state.hpp"
#include "state/stated_rates.hpp"

// What a pod asks of its node, with strings replaced by symbols: the interned `Spec`.
namespace basalt {
namespace {

bool selects(const RequirementText& requirement, const StringPairs& labels) {
  const std::string* value = find_value(labels, requirement.key);
  const auto& values = requirement.values;
  const bool listed = value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  if (requirement.op == "NotIn") return !listed;
  if (requirement.op == "Exists") return value != nullptr;
  if (requirement.op == "DoesNotExist") return value == nullptr;
  return listed;
}

/// Of a namespace's labels, which are few and looked at rarely.
bool selects(const LabelSelectorText& selector, const StringPairs& labels) {
  return std::all_of(selector.match_labels.begin(), selector.match_labels.end(),
                     [&](const auto& pair) {
                       const std::string* value = find_value(labels, pair.first);
                       return value != nullptr && *value == pair.second;
                     }) &&
         std::all_of(selector.match_expressions.begin(), selector.match_expressions.end(),
                     [&](const RequirementText& requirement) { return selects(requirement, labels); });
}

void add_numa_policy(const PodObject& pod, Spec& spec) {
  constexpr std::string_view kKey = "volcano.sh/numa-topology-policy";
  const std::string* text = find_value(pod.meta.annotations, kKey);
  if (text == nullptr || text->empty()) return;
  spec.numa_policy = parse_numa_policy(*text);
  if (spec.numa_policy) return;
  spec.blockers.push_back("annotation " + std::string(kKey) + ": \"" + text->substr(0, 64) +
                          "\": expected none, best-effort, restricted or single-numa-node");
}

void add_unsupported(const PodObject& pod, std::vector<std::string>& blockers) {
  if (!pod.resource_claims.empty()) blockers.emplace_back("unsupported: resource claims");
}

}  // namespace

Spec State::make_spec(const PodObject& pod) {
  Interner intern(cluster_.symbols());
  Spec spec;
  NamedAmounts countable = pod.request;
  std::erase_if(countable, [](const NamedAmount& amount) { return is_share_of_device(amount.name); });
  if (auto request = cluster_.resources(countable)) {
    spec.request = std::move(*request);
  } else {
    spec.blockers.push_back("unsupported: " + request.error().message);
  }
  spec.request.set(kPods, 1);
  spec.scoring_cpu = pod.scoring_cpu;
  spec.scoring_memory = pod.scoring_memory;
  spec.node_selector = intern.pairs(pod.node_selector);
  if (pod.required_nodes) spec.required_nodes = intern.selector(*pod.required_nodes);
  spec.preferred_nodes = intern.all(pod.preferred_nodes);
  spec.tolerations = intern.all(pod.tolerations);
  spec.host_ports = intern.all(pod.host_ports);
  add_pod_affinity(pod, spec);
  spec.gated = !pod.scheduling_gates.empty();
  spec.device_requests = pod.device_requests;
  if (!spec.device_requests.empty()) {
    std::copy_if(pod.meta.annotations.begin(), pod.meta.annotations.end(), std::back_inserter(spec.device_wishes),
                 [](const auto& annotation) { return is_device_wish(annotation.first); });
  }
  spec.exclusive_cpus = pod.exclusive_cpus;
  spec.io = stated_rates(pod.meta.annotations);
  add_numa_policy(pod, spec);
  add_unsupported(pod, spec.blockers);
  add_claims(pod, spec);
  return spec;
}

PodLabels State::make_labels(const PodObject& pod, SpecId spec) {
  Symbols& symbols = cluster_.symbols();
  return PodLabels{spec, symbols.intern(pod.meta.namespace_name), LabelSet(Interner(symbols).pairs(pod.meta.labels))};
}

/// The namespaces a term names, those whose labels its selector selects, and the pod's own when
/// it says nothing at all.
std::vector<std::string> State::namespaces_of(const PodObject& pod, const PodAffinityTermText& term) const {
  if (term.namespaces.empty() && !term.namespace_selector) return {pod.meta.namespace_name};
  std::vector<std::string> namespaces = term.namespaces;
  if (!term.namespace_selector) return namespaces;
  for (const auto& [name, object] : namespaces_) {
    if (selects(*term.namespace_selector, object.meta.labels)) namespaces.push_back(name);
  }
  return namespaces;
}

/// Terms about other pods. Whether the pod is one of those it means is part of its spec: pods of
/// one template agree on that, and where they do not, they are different specs.
void State::add_pod_affinity(const PodObject& pod, Spec& spec) {
  if (pod.required_affinity.empty() && pod.required_anti_affinity.empty() && pod.preferred_affinity.empty() &&
      pod.preferred_anti_affinity.empty() && pod.topology_spread.empty()) {
    return;
  }
  Symbols& symbols = cluster_.symbols();
  Interner intern(symbols);
  const Symbol own_namespace = symbols.intern(pod.meta.namespace_name);
  const LabelSet own_labels(intern.pairs(pod.meta.labels));
  const auto term = [&](const PodAffinityTermText& text) { return intern(text, namespaces_of(pod, text)); };
  for (const PodAffinityTermText& text : pod.required_affinity) spec.required_affinity.push_back(term(text));
  for (const PodAffinityTermText& text : pod.required_anti_affinity) spec.required_anti_affinity.push_back(term(text));
  for (const PreferredPodsText& text : pod.preferred_affinity) {
    spec.preferred_pods.push_back({text.weight, term(text.term)});
  }
  for (const PreferredPodsText& text : pod.preferred_anti_affinity) {
    spec.preferred_pods.push_back({-text.weight, term(text.term)});
  }
  spec.meets_own_affinity =
      !spec.required_affinity.empty() &&
      std::all_of(spec.required_affinity.begin(), spec.required_affinity.end(), [&](const PodAffinityTerm& affinity) {
        return matches(affinity.pods, own_namespace, own_labels, symbols);
      });
  for (const TopologySpreadText& text : pod.topology_spread) {
    TopologySpread& spread = spec.spread.emplace_back(intern(text, pod.meta.namespace_name));
    spread.counts_itself = matches(spread.pods.selector, own_labels, symbols);
  }
}

/// A bound claim restricts the nodes to those that reach its volume. Anything else keeps the
/// pod waiting: for the claim itself, for the volume controller, or, with a class that binds
/// on first use, for a version that can choose volumes.
void State::add_claims(const PodObject& pod, Spec& spec) {
  Interner intern(cluster_.symbols());
  for (const std::string& name : pod.claims) {
    const auto claim = claims_.find(pod.meta.namespace_name + "/" + name);
    if (claim == claims_.end()) {
      spec.blockers.push_back("persistentvolumeclaim \"" + name + "\" not found");
    } else if (claim->second.meta.deleted) {
      spec.blockers.push_back("persistentvolumeclaim \"" + name + "\" is being deleted");
    } else if (!claim->second.bound) {
      const auto storage_class = storage_classes_.find(claim->second.storage_class.value_or(""));
      const bool waits = storage_class != storage_classes_.end() && storage_class->second.wait_for_first_consumer;
      spec.blockers.push_back(waits
                                  ? "unsupported: volume binding on first use of persistentvolumeclaim \"" + name + "\""
                                  : "pod has unbound immediate PersistentVolumeClaims");
    } else if (const auto volume = volumes_.find(claim->second.volume_name); volume == volumes_.end()) {
      spec.blockers.push_back("persistentvolume \"" + claim->second.volume_name + "\" not found");
    } else if (volume->second.required_nodes) {
      spec.volume_nodes.push_back(intern.selector(*volume->second.required_nodes));
    }
  }
}

void State::take(const NodeObject& node) {
  Interner intern(cluster_.symbols());
  Node row;
  row.name = cluster_.symbols().intern(node.meta.name);
  row.labels = LabelSet(intern.pairs(node.meta.labels));
  row.taints = intern.all(node.taints);
  row.unschedulable = node.unschedulable;
  std::copy_if(node.meta.annotations.begin(), node.meta.annotations.end(), std::back_inserter(row.devices),
               [](const auto& annotation) { return is_device_inventory(annotation.first); });
  row.numa = numa_of(node.meta.name);
  row.io = stated_capacity(node.meta.annotations);
  if (auto allocatable = cluster_.resources(node.allocatable)) {
    row.allocatable = std::move(*allocatable);
  } else {
    row.placeholder = true;  // more resource kinds than can be told apart: takes no tasks
  }
  row.placeholder = row.placeholder || !is_selected(node);
  put_node(node.meta.name, std::move(row));
}

}  // namespace basalt
