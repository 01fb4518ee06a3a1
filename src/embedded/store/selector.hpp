#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embedded/store/object.hpp"

namespace basalt::embedded {

/// Which objects of a kind are meant: a label selector, a field selector, both, or neither (all). A value.
class Selector {
 public:
  /// Selects everything.
  Selector() = default;

  /// Reads what stands in the query parameters labelSelector ("a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1") and
  /// fieldSelector
  /// ("a=b,c==d,e!=f"). Refused with 400: malformed, or a field that the kind does not have.
  static Outcome<Selector> parse(const Kind& kind, std::string_view labels, std::string_view fields);
  /// A LabelSelector object ({matchLabels, matchExpressions}). An empty one selects everything.
  static Selector of_labels(const Json& label_selector);

  [[nodiscard]] bool matches(const Object& object) const;
  [[nodiscard]] bool selects_all() const { return labels_.empty() && fields_.empty(); }
  /// The name that a field selector asks for, so that nothing else needs to be looked at; empty when it asks for none.
  [[nodiscard]] std::string_view only_name() const;

 private:
  enum class Operator { in, not_in, exists, does_not_exist, greater, less };
  struct LabelRequirement {
    std::string key;
    Operator op = Operator::in;
    std::vector<std::string> values;
  };
  enum class FieldSource { name, space, indexed };
  struct FieldRequirement {
    FieldSource source = FieldSource::indexed;
    std::size_t index = 0;  // among Kind::fields
    bool equal = true;
    std::string value;
  };
  class LabelParser;

  std::vector<LabelRequirement> labels_;
  std::vector<FieldRequirement> fields_;
};

}  // namespace basalt::embedded
