#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/symbol.hpp"

namespace basalt {

/// Labels as interned key/value pairs, sorted by key symbol, each key once.
class LabelSet {
 public:
  LabelSet() = default;
  explicit LabelSet(std::vector<std::pair<Symbol, Symbol>> pairs);

  [[nodiscard]] std::optional<Symbol> value(Symbol key) const;
  [[nodiscard]] const std::vector<std::pair<Symbol, Symbol>>& pairs() const { return pairs_; }
  bool operator==(const LabelSet&) const = default;

 private:
  std::vector<std::pair<Symbol, Symbol>> pairs_;
};

/// Operators of label and node selectors (core/v1 NodeSelectorOperator, meta/v1
/// LabelSelectorOperator).
enum class SelectorOperator { in, not_in, exists, does_not_exist, greater, less };

/// One condition on a label (or, in `match_fields`, on the node's name).
struct Requirement {
  Symbol key;
  SelectorOperator op = SelectorOperator::in;
  std::vector<Symbol> values;  ///< sorted
  bool operator==(const Requirement&) const = default;
};

/// All requirements must hold. Without any it selects nothing (core/v1 NodeSelectorTerm).
struct NodeSelectorTerm {
  std::vector<Requirement> match_expressions;
  std::vector<Requirement> match_fields;  ///< the only field is "metadata.name"
  bool operator==(const NodeSelectorTerm&) const = default;
};

/// At least one term must hold.
struct NodeSelector {
  std::vector<NodeSelectorTerm> terms;
  bool operator==(const NodeSelector&) const = default;
};

/// A wish: nodes that match gain `weight` (1 to 100).
struct PreferredNodes {
  std::int32_t weight = 1;
  NodeSelectorTerm term;
  bool operator==(const PreferredNodes&) const = default;
};

/// Whether labels meet a requirement. Gt and Lt compare integers; a label or operand
/// that is not an integer does not match. An absent label matches NotIn and DoesNotExist.
bool matches(const Requirement& requirement, const LabelSet& labels, const Symbols& symbols);
/// Whether a node of this name and labels is selected.
bool matches(const NodeSelectorTerm& term, Symbol node_name, const LabelSet& labels, const Symbols& symbols);
bool matches(const NodeSelector& selector, Symbol node_name, const LabelSet& labels, const Symbols& symbols);

/// What a taint does to pods that do not tolerate it.
enum class TaintEffect { no_schedule, prefer_no_schedule, no_execute };

struct Taint {
  Symbol key;
  Symbol value;
  TaintEffect effect = TaintEffect::no_schedule;
  bool operator==(const Taint&) const = default;
};

/// An empty key with `exists` tolerates every key; no effect tolerates every effect.
struct Toleration {
  Symbol key;
  bool exists = false;  ///< operator Exists; else Equal
  Symbol value;
  std::optional<TaintEffect> effect;
  bool operator==(const Toleration&) const = default;
};

/// Source: core/v1 Toleration.ToleratesTaint.
bool tolerates(const Toleration& toleration, const Taint& taint);
bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint);

/// A port of the node itself that a pod claims. Address "0.0.0.0" (or none) collides with
/// every address on the same protocol and port.
struct HostPort {
  Symbol protocol;  ///< "TCP", "UDP", "SCTP"
  Symbol address;   ///< "0.0.0.0" when the pod named none
  std::int32_t port = 0;
  bool operator==(const HostPort&) const = default;
};

/// Whether two pods with these ports cannot share a node. `any_address` is the symbol of
/// "0.0.0.0".
bool collide(const HostPort& left, const HostPort& right, Symbol any_address);

}  // namespace basalt
