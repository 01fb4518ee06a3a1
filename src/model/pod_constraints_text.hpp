#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/objects.hpp"

/// How the text format writes what a pod asks of other pods:
///
///     affinity:KEY=PODS             near such pods (required), by topology key
///     anti-affinity:KEY=PODS        away from them
///     prefer-affinity:KEY=W:PODS    a wish of weight W; prefer-anti-affinity likewise
///     spread:KEY=SKEW[,OPTION...]:PODS
///
/// PODS is a label selector and, for all but spread, `@` and namespaces: `app=web&tier!=db@other`.
/// docs/scenarios.md has the whole of it.
namespace basalt {

/// Whether an attribute of a pod is one of these.
[[nodiscard]] bool is_pod_constraint(std::string_view key);
/// Adds what it says to the pod; fails with what was expected. REQUIRES: `is_pod_constraint(key)`.
Result<void> add_pod_constraint(PodObject& pod, std::string_view key, std::string_view value);
/// All there are, as attributes.
std::vector<std::pair<std::string, std::string>> pod_constraints(const PodObject& pod);

}  // namespace basalt
