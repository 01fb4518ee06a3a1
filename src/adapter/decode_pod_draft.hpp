#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/reading.hpp"
#include "basalt/model/objects.hpp"
#include "basalt/model/pod_request.hpp"

namespace basalt::adapter {

/// A container port, before it is known whether the pod uses the host's network.
struct StatedPort {
  HostPortText host;
  std::int32_t container_port = 0;
};

/// What the kubelet says of a container's resources; in-place resize makes them differ from the spec.
struct ContainerState {
  std::string_view name;
  bool states_resources = false;  ///< status.resources is there: only then does the rest count
  NamedAmounts actual;            ///< status.resources.requests
  NamedAmounts allocated;         ///< status.allocatedResources
};

/// A mounted claim: by name, or one that is made for this volume.
struct StatedClaim {
  std::string_view name;
  bool is_ephemeral = false;
};

/// matchLabelKeys and mismatchLabelKeys of a pod affinity term.
struct TermLabelKeys {
  std::vector<std::string> match, mismatch;
};
/// Those of all terms, in the order of the terms.
struct AffinityLabelKeys {
  std::vector<TermLabelKeys> required, preferred;
};

/// What of a pod means something only together with its other fields, which may come later. Views into the bytes.
struct PodDraft {
  PodResourceFields resources;
  std::vector<StatedPort> ports;
  bool host_network = false;
  std::vector<ContainerState> states, init_states;
  bool resize_is_infeasible = false;
  std::vector<StatedClaim> claims;
  std::vector<std::vector<std::string>> spread_label_keys;  ///< matchLabelKeys of each topology spread constraint
  AffinityLabelKeys affinity_keys, anti_affinity_keys;
};

/// Fills what follows from the draft into the pod. Objects, with field paths, to what is too much in sum.
/// Sources: component-helpers resource.PodRequests (UseStatusResources), kube-scheduler's host ports, ephemeral volume
/// names, matchLabelKeys of topology spread; and the API server's of pod affinity, which writes them out.
void finish_pod(PodDraft&& draft, PodObject& pod, Reading& reading);

}  // namespace basalt::adapter
