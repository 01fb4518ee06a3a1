#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "embedded/objects/json_path.hpp"

namespace basalt::embedded {

enum class Rounding { down, up };

/// An IntOrString of replicas: a number as it is, "25%" as that share of `total`, rounded. Empty when it is neither.
std::optional<long long> share_of(const Json& value, long long total, Rounding rounding);

}  // namespace basalt::embedded
