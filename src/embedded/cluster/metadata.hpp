#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/kinds/kind.hpp"
#include "embedded/store/object.hpp"

namespace basalt::embedded {

/// What is wrong with the name of an object of this kind, in Kubernetes' words; empty when nothing is.
std::string problem_with_name(const Kind& kind, std::string_view name);

/// Makes sure that `metadata` is an object, and takes out what clients may send and nobody keeps: managedFields and
/// selfLink. Refused with 400 when it is something else than an object.
Objection tidy_metadata(Json& object);

/// What is wrong with labels and annotations: values that are no strings.
std::vector<Cause> check_metadata(const Json& object);

/// Whether the object waits for finalizers before it can go: metadata's, and those of a namespace's spec.
bool has_finalizers(const Json& object);

[[nodiscard]] bool is_being_deleted(const Json& object);

/// Refused with 409 when `preconditions` ({uid, resourceVersion}, null for none) do not hold of the object.
Objection check_preconditions(const Kind& kind, const Object& object, const Json& preconditions);

/// Sets, in the list `conditions` of a status, the condition of the same type, or adds it. lastTransitionTime stays
/// when `status` does not change.
void set_condition(Json& status, Json condition);

}  // namespace basalt::embedded
