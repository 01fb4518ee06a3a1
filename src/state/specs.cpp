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

  Symbols& symbols_;
};

void add_unsupported(const PodObject& pod, std::vector<std::string>& blockers) {
  if (!pod.required_affinity.empty()) blockers.emplace_back("unsupported: required inter-pod affinity");
  if (!pod.required_anti_affinity.empty()) blockers.emplace_back("unsupported: required inter-pod anti-affinity");
  for (const TopologySpreadText& spread : pod.topology_spread) {
    if (spread.hard) blockers.push_back("unsupported: topology spread constraint on \"" + spread.topology_key + "\"");
  }
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
  spec.gated = !pod.scheduling_gates.empty();
  add_unsupported(pod, spec.blockers);
  add_claims(pod, spec);
  return spec;
}

LabelSet State::make_labels(const PodObject& pod) {
  return LabelSet(Interner(cluster_.symbols()).pairs(pod.meta.labels));
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
