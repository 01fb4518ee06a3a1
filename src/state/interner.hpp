#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "basalt/model/objects.hpp"
#include "basalt/model/rows.hpp"
#include "basalt/model/selectors.hpp"

namespace basalt {

/// Turns what objects say in strings into what rows say in symbols.
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
  /// A label selector: all of the requirements must hold.
  std::vector<Requirement> operator()(const LabelSelectorText& text) {
    std::vector<Requirement> made = all(text.match_expressions);
    for (const auto& [key, value] : text.match_labels) {
      made.push_back(Requirement{symbols_.intern(key), SelectorOperator::in, {symbols_.intern(value)}});
    }
    return made;
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

}  // namespace basalt
