#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "embedded/objects/json_path.hpp"
#include "embedded/objects/refusal.hpp"

namespace basalt::embedded {

/// The owner reference that says "controller"; null when there is none.
const Json* controller_of(const Json& object);

/// The resource of a controller that makes pods or ReplicaSets here (Job, ReplicaSet, Deployment); empty for others.
ResourceName resource_of_controller(const Json& owner_reference);

/// The owner reference to `owner` as its controller.
Json reference_to(const Json& owner);

/// A pod as `owner` makes it from its template: labels, annotations and finalizers of the template, owned by it, with
/// a generated name that begins like the owner's.
Json pod_of_template(const Json& owner);

}  // namespace basalt::embedded
