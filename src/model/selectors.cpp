#include "basalt/model/selectors.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace basalt {
namespace {

/// A whole decimal integer as Go's strconv.ParseInt reads it: an optional sign, then digits only.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// Gt and Lt: one operand, both sides integers.
bool compare_integers(const Requirement& requirement, Symbol value, const Symbols& symbols) {
  if (requirement.values.size() != 1) return false;
  const auto label = parse_integer(symbols.text(value));
  const auto operand = parse_integer(symbols.text(requirement.values.front()));
  if (!label || !operand) return false;
  return requirement.op == SelectorOperator::greater ? *label > *operand : *label < *operand;
}

/// A requirement against the value that its key has, if any.
bool matches_value(const Requirement& requirement, std::optional<Symbol> value, const Symbols& symbols) {
  const auto listed = [&] { return std::binary_search(requirement.values.begin(), requirement.values.end(), *value); };
  switch (requirement.op) {
    case SelectorOperator::in: return value && listed();
    case SelectorOperator::not_in: return !value || !listed();
    case SelectorOperator::exists: return value.has_value();
    case SelectorOperator::does_not_exist: return !value.has_value();
    case SelectorOperator::greater:
    case SelectorOperator::less: return value && compare_integers(requirement, *value, symbols);
  }
  return false;
}

/// The only field there is: the node's name, and only In and NotIn with one value.
bool matches_field(const Requirement& requirement, Symbol node_name, const Symbols& symbols) {
  if (symbols.text(requirement.key) != "metadata.name") return false;
  if (requirement.values.size() != 1) return false;
  if (requirement.op != SelectorOperator::in && requirement.op != SelectorOperator::not_in) return false;
  return matches_value(requirement, node_name, symbols);
}

}  // namespace

LabelSet::LabelSet(std::vector<std::pair<Symbol, Symbol>> pairs) : pairs_(std::move(pairs)) {
  const auto by_key = [](const auto& left, const auto& right) { return left.first < right.first; };
  const auto same_key = [](const auto& left, const auto& right) { return left.first == right.first; };
  std::stable_sort(pairs_.begin(), pairs_.end(), by_key);
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end(), same_key), pairs_.end());
}

std::optional<Symbol> LabelSet::value(Symbol key) const {
  const auto found = std::lower_bound(pairs_.begin(), pairs_.end(), key,
                                      [](const auto& pair, Symbol wanted) { return pair.first < wanted; });
  if (found == pairs_.end() || found->first != key) return std::nullopt;
  return found->second;
}

bool matches(const Requirement& requirement, const LabelSet& labels, const Symbols& symbols) {
  return matches_value(requirement, labels.value(requirement.key), symbols);
}

bool matches(const NodeSelectorTerm& term, Symbol node_name, const LabelSet& labels, const Symbols& symbols) {
  if (term.match_expressions.empty() && term.match_fields.empty()) return false;
  return std::all_of(term.match_expressions.begin(), term.match_expressions.end(),
                     [&](const Requirement& requirement) { return matches(requirement, labels, symbols); }) &&
         std::all_of(term.match_fields.begin(), term.match_fields.end(),
                     [&](const Requirement& requirement) { return matches_field(requirement, node_name, symbols); });
}

bool matches(const NodeSelector& selector, Symbol node_name, const LabelSet& labels, const Symbols& symbols) {
  return std::any_of(selector.terms.begin(), selector.terms.end(),
                     [&](const NodeSelectorTerm& term) { return matches(term, node_name, labels, symbols); });
}

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (toleration.effect && *toleration.effect != taint.effect) return false;
  const bool every_key = toleration.key == Symbol();
  if (!every_key && toleration.key != taint.key) return false;
  return toleration.exists || toleration.value == taint.value;
}

bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&](const Toleration& toleration) { return tolerates(toleration, taint); });
}

bool collide(const HostPort& left, const HostPort& right, Symbol any_address) {
  if (left.port != right.port || left.protocol != right.protocol) return false;
  return left.address == right.address || left.address == any_address || right.address == any_address;
}

}  // namespace basalt
