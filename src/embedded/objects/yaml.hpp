#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "embedded/objects/json_path.hpp"

namespace basalt::embedded {

/// The documents of a YAML text as JSON; empty documents are left out. Anchors and merge keys ("<<") are resolved.
/// Plain scalars are typed as YAML 1.2 does; quoted ones are strings. Fails with `invalid`, saying where.
Result<std::vector<Json>> parse_yaml(std::string_view text);

/// A JSON object as YAML, in block style, members sorted: parse_yaml reads it back.
std::string print_yaml(const Json& value);

}  // namespace basalt::embedded
