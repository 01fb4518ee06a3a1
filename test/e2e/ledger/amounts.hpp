#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace basalt::e2e {

/// An amount in thousandths of its unit (of a CPU, a byte, a pod), rounded up. Exact up to 2^64 thousandths, far above
/// what any cluster here has; beyond that it is only known to be huge, which is enough for a comparison.
using Amount = long double;

/// Amounts by resource name. A resource that is not named is zero.
using Amounts = std::map<std::string, Amount>;

/// Reads a Kubernetes quantity such as "1500m", "2Gi", "1e3". Throws std::runtime_error when it is none.
Amount parse_amount(std::string_view quantity);

/// Reads a map of quantities; null and absent are empty.
Amounts parse_amounts(const nlohmann::json& quantities);

/// What a pod takes up on its node: the containers that run together with the sidecars, or the hungriest init container
/// with the sidecars started before it, whichever is more; pod-level requests instead where they are given; the
/// overhead; and one of "pods".
Amounts requests_of(const nlohmann::json& pod);

/// "4096" or "1.5"; for messages.
std::string to_string(Amount amount);

}  // namespace basalt::e2e
