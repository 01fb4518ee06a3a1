#pragma once

#include "embedded/store/store.hpp"

namespace basalt::embedded {

/// Whether objects can be made in this namespace: it must exist (else 404) and not be ending (else 403).
Objection admit_to_namespace(const Store::Writer& writer, const Kind& kind, std::string_view space,
                             std::string_view name);

/// Gives a new pod the priority and the preemption policy of its class. Refused with 403 when there is no such class.
Objection admit_priority(const Store::Writer& writer, Json& pod);

/// Schema of custom resources: prunes, fills in defaults. Does nothing for other kinds.
void shape_custom(const Kind& kind, Json& object);

/// Everything that is wrong with an object by itself: metadata, schema, what its strategy checks.
std::vector<Cause> check_object(const Kind& kind, const Json& object);

}  // namespace basalt::embedded
