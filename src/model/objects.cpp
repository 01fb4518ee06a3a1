#include "basalt/model/objects.hpp"

#include <algorithm>
#include <array>

namespace basalt {

namespace {

/// What a key of a quota limits, without "requests." or "limits.", which do not change the unit.
std::string_view limited_kind(std::string_view key) {
  for (const std::string_view side : {"requests.", "limits."}) {
    if (key.starts_with(side)) return key.substr(side.size());
  }
  return key == "count/pods" ? "pods" : key;
}

constexpr std::array<std::string_view, 4> kNumaPolicies = {"none", "best-effort", "restricted", "single-numa-node"};

}  // namespace

bool is_scheduling_annotation(std::string_view key) {
  constexpr std::array<std::string_view, 4> kDomains = {"volcano.sh/", "scheduling.volcano.sh/", "scheduling.k8s.io/",
                                                        "basalt.sh/"};
  return key == "sla-waiting-time" || key == "kubernetes.io/ingress-bandwidth" ||
         key == "kubernetes.io/egress-bandwidth" || is_device_wish(key) ||
         std::any_of(kDomains.begin(), kDomains.end(),
                     [key](std::string_view domain) { return key.starts_with(domain); });
}

bool is_assignment_annotation(std::string_view key) {
  constexpr std::array<std::string_view, 7> kBeginnings = {"basalt.sh/assigned-",
                                                           "volcano.sh/vgpu-",
                                                           "volcano.sh/gpu-",
                                                           "volcano.sh/bind-",
                                                           "volcano.sh/devices-to-allocate",
                                                           "volcano.sh/predicate-time",
                                                           "volcano.sh/topology-decision"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [key](std::string_view beginning) { return key.starts_with(beginning); });
}

bool is_device_wish(std::string_view key) {
  constexpr std::array<std::string_view, 6> kKeys = {"nvidia.com/use-gputype",      "nvidia.com/nouse-gputype",
                                                     "volcano.sh/vgpu-use-gpuuuid", "volcano.sh/vgpu-nouse-gpuuuid",
                                                     "volcano.sh/vgpu-mode",        "volcano.sh/vgpu-podgroup-policy"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

bool is_device_inventory(std::string_view key) {
  return key == "volcano.sh/node-vgpu-register" || key == "volcano.sh/gpu-unhealthy-ids";
}

const std::string* find_value(const StringPairs& pairs, std::string_view key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [key](const auto& pair) { return pair.first == key; });
  return found != pairs.end() ? &found->second : nullptr;
}

std::string_view to_string(NumaPolicy policy) { return kNumaPolicies[static_cast<std::size_t>(policy)]; }

std::optional<NumaPolicy> parse_numa_policy(std::string_view text) {
  const auto* const found = std::find(kNumaPolicies.begin(), kNumaPolicies.end(), text);
  if (found == kNumaPolicies.end()) return std::nullopt;
  return static_cast<NumaPolicy>(found - kNumaPolicies.begin());
}

bool is_quota_key(std::string_view key) {
  const std::string_view kind = limited_kind(key);
  return is_node_resource(kind) && (kind != "pods" || key == "pods" || key == "count/pods");
}

Unit quota_unit(std::string_view key) { return unit_of(limited_kind(key)); }

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::pod: return "Pod";
    case ObjectKind::node: return "Node";
    case ObjectKind::pod_group: return "PodGroup";
    case ObjectKind::queue: return "Queue";
    case ObjectKind::priority_class: return "PriorityClass";
    case ObjectKind::claim: return "PersistentVolumeClaim";
    case ObjectKind::volume: return "PersistentVolume";
    case ObjectKind::storage_class: return "StorageClass";
    case ObjectKind::namespace_kind: return "Namespace";
    case ObjectKind::hyper_node: return "HyperNode";
    case ObjectKind::resource_quota: return "ResourceQuota";
    case ObjectKind::numatopology: return "Numatopology";
  }
  return "unknown";
}

}  // namespace basalt
