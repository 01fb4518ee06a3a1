#pragma once

#include <string_view>

#include "embedded/api/call.hpp"

namespace basalt::embedded {

/// The object in the body of a create or update: JSON, YAML, or protobuf of the message named (empty: no protobuf).
/// Refused with 400 or 415.
Outcome<Json> read_object(const HttpRequest& request, std::string_view message);

/// The tree that a call's PUT or PATCH wants of `present`. `kind` decides which patches are understood.
/// `present` is in the version of the call.
Outcome<Json> wanted_tree(const Call& call, const Json& body, const Json& present);

/// The body of a PUT or PATCH, parsed but not applied. Refused with 400 or 415.
Outcome<Json> read_change(const Call& call);

HttpAnswer json_answer(int status, const Json& body);

}  // namespace basalt::embedded
