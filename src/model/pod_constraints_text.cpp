#include "model/pod_constraints_text.hpp"

#include <charconv>
#include <optional>

#include "model/cluster_text_setters.hpp"

namespace basalt {
namespace {

using text::expected;
using text::split;

constexpr std::string_view kAffinity = "affinity:";
constexpr std::string_view kAntiAffinity = "anti-affinity:";
constexpr std::string_view kPreferAffinity = "prefer-affinity:";
constexpr std::string_view kPreferAntiAffinity = "prefer-anti-affinity:";
constexpr std::string_view kSpread = "spread:";

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) joined.append(joined.empty() ? "" : separator).append(part);
  return joined;
}

std::optional<std::int32_t> parse_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "a=b", "a=b|c", "a!=b|c", "a", "!a".
RequirementText parse_requirement(std::string_view text) {
  if (const std::size_t at = text.find("!="); at != std::string_view::npos) {
    return {std::string(text.substr(0, at)), "NotIn", split(text.substr(at + 2), '|')};
  }
  if (const std::size_t at = text.find('='); at != std::string_view::npos) {
    return {std::string(text.substr(0, at)), "In", split(text.substr(at + 1), '|')};
  }
  if (text.starts_with("!")) return {std::string(text.substr(1)), "DoesNotExist", {}};
  return {std::string(text), "Exists", {}};
}

/// "": no selector, which selects nothing; "*": the empty one, which selects everything.
std::optional<LabelSelectorText> parse_selector(std::string_view text) {
  if (text.empty()) return std::nullopt;
  LabelSelectorText selector;
  if (text == "*") return selector;
  for (const std::string& part : split(text, '&')) selector.match_expressions.push_back(parse_requirement(part));
  return selector;
}

PodAffinityTermText parse_term(std::string_view key, std::string_view text) {
  PodAffinityTermText term;
  term.topology_key = key;
  const std::size_t at = text.find('@');
  term.selector = parse_selector(text.substr(0, at));
  if (at == std::string_view::npos) return term;
  for (const std::string& part : split(text.substr(at + 1), ',')) {
    if (part == "*") {
      term.namespace_selector.emplace();
    } else if (part.starts_with("?")) {
      term.namespace_selector = parse_selector(std::string_view(part).substr(1));
    } else {
      term.namespaces.push_back(part);
    }
  }
  return term;
}

Result<void> add_preference(std::string_view key, std::string_view value, std::vector<PreferredPodsText>& out) {
  const std::size_t colon = value.find(':');
  const auto weight = parse_number(value.substr(0, colon));
  if (!weight || *weight < 1 || *weight > 100 || colon == std::string_view::npos) return expected("WEIGHT:PODS");
  out.push_back({*weight, parse_term(key, value.substr(colon + 1))});
  return {};
}

bool set_option(TopologySpreadText& spread, std::string_view option) {
  if (option == "soft") {
    spread.hard = false;
  } else if (option == "any-node") {
    spread.honours_affinity = false;
  } else if (option == "no-taints") {
    spread.honours_taints = true;
  } else if (const auto number = parse_number(option.substr(option.starts_with("min=") ? 4 : 0))) {
    (option.starts_with("min=") ? spread.min_domains : spread.max_skew) = *number;
  } else {
    return false;
  }
  return true;
}

Result<void> add_spread(PodObject& pod, std::string_view key, std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return expected("SKEW[,OPTION...]:PODS");
  TopologySpreadText spread;
  spread.topology_key = key;
  for (const std::string& option : split(value.substr(0, colon), ',')) {
    if (!set_option(spread, option)) return expected("a number, min=N, soft, any-node or no-taints");
  }
  spread.selector = parse_selector(value.substr(colon + 1));
  pod.topology_spread.push_back(std::move(spread));
  return {};
}

// --- printing ---

std::string print(const RequirementText& requirement) {
  if (requirement.op == "Exists") return requirement.key;
  if (requirement.op == "DoesNotExist") return "!" + requirement.key;
  return requirement.key + (requirement.op == "NotIn" ? "!=" : "=") + join(requirement.values, "|");
}

std::string print(const std::optional<LabelSelectorText>& selector) {
  if (!selector) return "";
  std::vector<std::string> parts;
  for (const auto& [key, value] : selector->match_labels) parts.push_back(key + "=" + value);
  for (const RequirementText& requirement : selector->match_expressions) parts.push_back(print(requirement));
  return parts.empty() ? "*" : join(parts, "&");
}

std::string print(const PodAffinityTermText& term) {
  std::vector<std::string> namespaces = term.namespaces;
  if (term.namespace_selector) {
    const std::string selector = print(term.namespace_selector);
    namespaces.push_back(selector == "*" ? selector : "?" + selector);
  }
  return print(term.selector) + (namespaces.empty() ? "" : "@" + join(namespaces, ","));
}

std::string print(const TopologySpreadText& spread) {
  return std::to_string(spread.max_skew) +
         (spread.min_domains != 1 ? ",min=" + std::to_string(spread.min_domains) : "") + (spread.hard ? "" : ",soft") +
         (spread.honours_affinity ? "" : ",any-node") + (spread.honours_taints ? ",no-taints" : "") + ":" +
         print(spread.selector);
}

}  // namespace

bool is_pod_constraint(std::string_view key) {
  for (const std::string_view prefix : {kAffinity, kAntiAffinity, kPreferAffinity, kPreferAntiAffinity, kSpread}) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

Result<void> add_pod_constraint(PodObject& pod, std::string_view key, std::string_view value) {
  const std::string_view topology_key = key.substr(key.find(':') + 1);
  if (topology_key.empty()) return expected("a topology key after the colon");
  if (key.starts_with(kPreferAffinity)) return add_preference(topology_key, value, pod.preferred_affinity);
  if (key.starts_with(kPreferAntiAffinity)) return add_preference(topology_key, value, pod.preferred_anti_affinity);
  if (key.starts_with(kSpread)) return add_spread(pod, topology_key, value);
  auto& terms = key.starts_with(kAffinity) ? pod.required_affinity : pod.required_anti_affinity;
  terms.push_back(parse_term(topology_key, value));
  return {};
}

std::vector<std::pair<std::string, std::string>> pod_constraints(const PodObject& pod) {
  std::vector<std::pair<std::string, std::string>> made;
  const auto add = [&](std::string_view prefix, const std::string& key, std::string value) {
    made.emplace_back(std::string(prefix) + key, std::move(value));
  };
  for (const auto& term : pod.required_affinity) add(kAffinity, term.topology_key, print(term));
  for (const auto& term : pod.required_anti_affinity) add(kAntiAffinity, term.topology_key, print(term));
  for (const auto& [weight, term] : pod.preferred_affinity) {
    add(kPreferAffinity, term.topology_key, std::to_string(weight) + ":" + print(term));
  }
  for (const auto& [weight, term] : pod.preferred_anti_affinity) {
    add(kPreferAntiAffinity, term.topology_key, std::to_string(weight) + ":" + print(term));
  }
  for (const TopologySpreadText& spread : pod.topology_spread) add(kSpread, spread.topology_key, print(spread));
  return made;
}

}  // namespace basalt
