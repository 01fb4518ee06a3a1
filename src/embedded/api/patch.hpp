#pragma once

#include "embedded/kinds/kind.hpp"

namespace basalt::embedded {

/// RFC 7386. Nothing in it can fail.
Json merge_patch(Json object, const Json& patch);

/// RFC 6902. Refused with 400 when the patch is malformed, with 422 when an operation cannot be done or a test fails.
Outcome<Json> json_patch(const Json& object, const Json& patch);

/// The merge patch of Kubernetes that knows which lists are sets of objects with a key: containers by name, conditions
/// by type, and so on, with the directives $patch, $setElementOrder, $deleteFromPrimitiveList and $retainKeys. For
/// built-in kinds. Refused with 400 when an element lacks its key, or a directive is not known.
Outcome<Json> strategic_merge_patch(const Kind& kind, Json object, const Json& patch);

}  // namespace basalt::embedded
