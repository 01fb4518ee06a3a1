#pragma once

#include <memory>
#include <string>
#include <vector>

#include "embedded/objects/json_path.hpp"

namespace basalt::embedded {

/// A structural schema of a custom resource (apiextensions.k8s.io/v1 openAPIV3Schema), compiled once.
///
/// Checked: type, required, enum, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength,
/// maxLength, pattern, minItems, maxItems, uniqueItems, minProperties, maxProperties, nullable, allOf, anyOf, oneOf,
/// not, x-kubernetes-int-or-string, and the list types set and map. Not evaluated: `format`, and rules in CEL
/// (x-kubernetes-validations). An immutable value; copies share it.
class Schema {
 public:
  /// The causes of a schema that cannot be used (a pattern that does not compile), empty when it can.
  static std::vector<Cause> problems_of(const Json& open_api, const std::string& path);

  /// REQUIRES: problems_of(open_api) is empty.
  explicit Schema(const Json& open_api);

  /// Puts defaults where a member is absent and its parent is there. `object` is the whole object; its apiVersion, kind
  /// and metadata are left alone, here and below.
  void fill_defaults(Json& object) const;
  /// Removes members that the schema does not know, where it does not say that they are kept.
  void prune(Json& object) const;
  /// Everything in which the object differs from the schema, in Kubernetes' wording.
  [[nodiscard]] std::vector<Cause> validate(const Json& object) const;

 private:
  struct Node;
  class Validation;
  static std::shared_ptr<const Node> compile(const Json& open_api);
  static void fill(const Node& node, Json& value);
  static void prune(const Node& node, Json& value);

  std::shared_ptr<const Node> root_;
};

}  // namespace basalt::embedded
