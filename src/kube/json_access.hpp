#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace basalt::kube {

/// Parses JSON; the result is `discarded` (no object, no array, ...) when it is malformed. For small bodies.
nlohmann::json parse_json(std::string_view text);

/// The string member `key`; empty when it is absent, of another type, or `object` is no object.
std::string text_at(const nlohmann::json& object, const char* key);

/// The integer member `key`; `otherwise` when it is absent or of another type.
long long integer_at(const nlohmann::json& object, const char* key, long long otherwise);

/// The member `key`, or a null value.
const nlohmann::json& member_at(const nlohmann::json& object, const char* key);

/// Compact text; bytes that are not UTF-8 are replaced, never an error.
std::string print_json(const nlohmann::json& value);

}  // namespace basalt::kube
