#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"

namespace basalt {

/// How fine an integer amount is.
enum class Unit {
  milli,  ///< thousandths: cpu, extended resources
  whole,  ///< bytes or counts: memory, storage, hugepages, pods
};

/// Parses a Kubernetes quantity ("100m", "1.5Gi", "3e2", "+12E", ".5") into an integer
/// number of `unit`s, rounded up as Kubernetes rounds. The full grammar of
/// apimachinery's resource.Quantity: signed decimals, the suffixes n u m "" k M G T P E,
/// Ki Mi Gi Ti Pi Ei, and decimal exponents. Negative amounts are accepted (callers
/// refuse them where they make no sense). Fails, quoting the text, when it is not a
/// quantity or does not fit in 63 bits.
Result<std::int64_t> parse_quantity(std::string_view text, Unit unit);

/// The canonical text of an amount: "1500m" for 1500 milli, "2" for 2000 milli, "4Gi"
/// for whole units that are a multiple of a binary suffix. `parse_quantity` reads it back.
std::string format_quantity(std::int64_t amount, Unit unit);

/// Unit of a resource by its Kubernetes name. Source: the table of
/// "Conversion from a resource list" in Volcano and kube-scheduler's integer fields.
Unit unit_of(std::string_view resource);

/// Whether a name is a resource that a node can be short of: cpu, memory, pods,
/// ephemeral-storage, hugepages-*, and names with a domain ("nvidia.com/gpu"). False for
/// quota keys ("count/pods", "requests.cpu") and for anything else ("storage").
bool is_node_resource(std::string_view resource);

}  // namespace basalt
