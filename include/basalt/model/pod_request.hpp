#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/resources.hpp"

namespace basalt {

/// What one container of a pod asks for.
struct ContainerRequest {
  std::string name;
  NamedAmounts requests;
  bool restartable = false;  ///< init containers only: restartPolicy Always, a sidecar
  NamedAmounts limits = {};
};

/// What a pod's resource fields say, as decoded.
struct PodResourceFields {
  std::vector<ContainerRequest> init_containers;  ///< in order: order matters
  std::vector<ContainerRequest> containers;
  NamedAmounts overhead;
  std::optional<NamedAmounts> pod_level;  ///< spec.resources.requests (KEP-2837)
};

/// What a container asks of shared GPUs. Zero: not stated.
/// Source: Volcano's device plugin for shared GPUs (deviceshare).
struct DeviceRequest {
  std::int64_t number = 0;             ///< volcano.sh/vgpu-number: GPUs, each another one
  std::int64_t memory = 0;             ///< volcano.sh/vgpu-memory: of each, in the node's units (MiB)
  std::int64_t memory_percentage = 0;  ///< volcano.sh/vgpu-memory-percentage: of each; counts where no memory is stated
  std::int64_t cores = 0;              ///< volcano.sh/vgpu-cores: percent of each
  bool operator==(const DeviceRequest&) const = default;
};

/// Nothing where the container asks for none. With memory but no number it is one GPU; with neither memory nor a
/// percentage, all memory of each. Parts of a unit count as a whole one.
std::optional<DeviceRequest> device_request(const NamedAmounts& requests);

/// What no node has any of, since it is a share of what another kind counts: volcano.sh/vgpu-memory-percentage.
bool is_share_of_device(std::string_view resource);

/// What the pod needs on its node at its hungriest moment. Containers and sidecars add up;
/// an ordinary init container runs beside the sidecars started before it (KEP-753), and the
/// larger of the two phases counts, kind by kind; pod-level requests replace cpu, memory
/// and hugepages (KEP-2837); overhead comes on top (KEP-688). Sorted by name, zero amounts
/// left out. Amounts stay below 2^62: callers bound inputs before.
NamedAmounts effective_request(const PodResourceFields& fields);

/// The same for one kind, with kube-scheduler's default for containers that do not state
/// it (cpu 100m, memory 200 MiB): what scores look at. `resource` is "cpu" or "memory".
std::int64_t scoring_request(const PodResourceFields& fields, std::string_view resource);

/// Reads one entry of a resource list: the amount in `unit_of(name)`. Fails on text that is
/// no quantity, on negative amounts, and on amounts above `limit`; the message names the
/// resource, the text and what was expected.
Result<NamedAmount> parse_amount(std::string_view name, std::string_view text, std::int64_t limit);

}  // namespace basalt
