#include <algorithm>
#include <type_traits>

#include "state/state.hpp"

// What a pod asks of its node, with strings replaced by symbols: the interned `Spec`.
namespace basalt {
namespace {

class Interner {
 public:
  explicit Interner(Symbols& symbols) : symbols_(symbols) {}

  template <class Text>
  auto all(const std::vector<Text>& texts) {
    std::vector<std::invoke_result_t<Interner&, const Text&>> made;
    made.reserve(texts.size());
    for (const Text& text : texts) made.push_back((*this)(text));
    return made;
  }
  Requirement operator()(const RequirementText& text) {
    Requirement made;
    made.key = symbols_.intern(text.key);
    made.op = op(text.op);
    for (const std::string& value : text.values) made.values.push_back(symbols_.intern(value));
    std::sort(made.values.begin(), made.values.end());
    return made;
  }
  NodeSelectorTerm operator()(const NodeSelectorTermText& text) {
    return NodeSelectorTerm{all(text.match_expressions), all(text.match_fields)};
  }
  NodeSelector selector(const std::vector<NodeSelectorTermText>& terms) { return NodeSelector{all(terms)}; }
  PreferredNodes operator()(const PreferredNodesText& text) { return PreferredNodes{text.weight, (*this)(text.term)}; }
  Toleration operator()(const TolerationText& text) {
    Toleration made;
    made.key = symbols_.intern(text.key);
    made.exists = text.op == "Exists";
    made.value = symbols_.intern(text.value);
    if (!text.effect.empty()) made.effect = effect(text.effect);
    return made;
  }
  Taint operator()(const TaintText& text) {
    return Taint{symbols_.intern(text.key), symbols_.intern(text.value), effect(text.effect)};
  }
  LabelSelector operator()(const std::optional<LabelSelectorText>& text) {
    LabelSelector made;
    made.selects_nothing = !text;
    if (!text) return made;
    for (const auto& [key, value] : text->match_labels) {
      made.requirements.push_back({symbols_.intern(key), SelectorOperator::in, {symbols_.intern(value)}});
    }
    for (const RequirementText& requirement : text->match_expressions)
      made.requirements.push_back((*this)(requirement));
    return made;
  }
  /// `namespaces`: those named, and those a namespace selector chose.
  PodAffinityTerm operator()(const PodAffinityTermText& text, const std::vector<std::string>& namespaces) {
    PodAffinityTerm made;
    made.pods.in_all_namespaces = text.namespace_selector && *text.namespace_selector == LabelSelectorText{};
    if (!made.pods.in_all_namespaces) made.pods.namespaces = sorted(namespaces);
    made.pods.selector = (*this)(text.selector);
    made.topology_key = symbols_.intern(text.topology_key);
    return made;
  }
  TopologySpread operator()(const TopologySpreadText& text, const std::string& namespace_name) {
    TopologySpread made;
    made.max_skew = text.max_skew;
    made.topology_key = symbols_.intern(text.topology_key);
    made.hard = text.hard;
    made.min_domains = text.min_domains;
    made.honours_affinity = text.honours_affinity;
    made.honours_taints = text.honours_taints;
    made.pods.namespaces = sorted({namespace_name});
    made.pods.selector = (*this)(text.selector);
    return made;
  }
  HostPort operator()(const HostPortText& text) {
    return HostPort{symbols_.intern(text.protocol), symbols_.intern(text.address), text.port};
  }
  std::vector<std::pair<Symbol, Symbol>> pairs(const StringPairs& texts) {
    std::vector<std::pair<Symbol, Symbol>> made;
    for (const auto& [key, value] : texts) made.emplace_back(symbols_.intern(key), symbols_.intern(value));
    return made;
  }

 private:
  /// The decoders let only known operators and effects through.
  static SelectorOperator op(const std::string& text) {
    if (text == "NotIn") return SelectorOperator::not_in;
    if (text == "Exists") return SelectorOperator::exists;
    if (text == "DoesNotExist") return SelectorOperator::does_not_exist;
    if (text == "Gt") return SelectorOperator::greater;
    if (text == "Lt") return SelectorOperator::less;
    return SelectorOperator::in;
  }
  static TaintEffect effect(const std::string& text) {
    if (text == "NoExecute") return TaintEffect::no_execute;
    if (text == "PreferNoSchedule") return TaintEffect::prefer_no_schedule;
    return TaintEffect::no_schedule;
  }

  std::vector<Symbol> sorted(const std::vector<std::string>& texts) {
    std::vector<Symbol> made;
    for (const std::string& text : texts) made.push_back(symbols_.intern(text));
    std::sort(made.begin(), made.end());
    made.erase(std::unique(made.begin(), made.end()), made.end());
    return made;
  }

  Symbols& symbols_;
};

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

void add_unsupported(const PodObject& pod, std::vector<std::string>& blockers) {
  if (!pod.resource_claims.empty()) blockers.emplace_back("unsupported: resource claims");
}

}  // namespace

Spec State::make_spec(const PodObject& pod) {
  Interner intern(cluster_.symbols());
  Spec spec;
  if (auto request = cluster_.resources(pod.request)) {
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
  if (auto allocatable = cluster_.resources(node.allocatable)) {
    row.allocatable = std::move(*allocatable);
  } else {
    row.placeholder = true;  // more resource kinds than can be told apart: takes no tasks
  }
  row.placeholder = row.placeholder || !is_selected(node);
  put_node(node.meta.name, std::move(row));
}

}  // namespace basalt
