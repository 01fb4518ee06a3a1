#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "embedded/objects/refusal.hpp"

namespace basalt::embedded {

using Json = nlohmann::json;

/// The value at a dotted path of member names ("spec.nodeName"); null when a step is missing or no object.
const Json* find_at(const Json& object, std::string_view path);

/// The string at a dotted path; empty when it is absent or no string.
std::string text_at(const Json& object, std::string_view path);

/// The integer at a dotted path, if there is one.
std::optional<long long> integer_at(const Json& object, std::string_view path);

/// The boolean at a dotted path; false when it is absent.
bool is_true_at(const Json& object, std::string_view path);

/// Gives an object a member unless it has one that is not null. Leaves what is no object alone.
void set_if_absent(Json& object, const char* key, Json value);

/// Parses a request's body: one JSON object or array, nested not deeper than any API type is. Refused with 400.
Outcome<Json> parse_body(std::string_view text);

/// The deepest nesting that parse_body accepts.
inline constexpr int kDeepestNesting = 64;

/// A JSONPath of the simple form that printer columns use: ".spec.a", ".status.conditions[?(@.type=="Ready")].status",
/// ".items[0].name", ".metadata.annotations.a\.b". The values found are joined with ",", as kubectl prints them; empty
/// when nothing is there, or the path has another form.
std::optional<Json> follow_json_path(const Json& object, std::string_view path);

}  // namespace basalt::embedded
