#include "basalt/model/objects.hpp"

#include <algorithm>
#include <array>

namespace basalt {

bool is_scheduling_annotation(std::string_view key) {
  constexpr std::array<std::string_view, 4> kDomains = {"volcano.sh/", "scheduling.volcano.sh/", "scheduling.k8s.io/",
                                                        "basalt.sh/"};
  return key == "sla-waiting-time" || std::any_of(kDomains.begin(), kDomains.end(),
                                                  [key](std::string_view domain) { return key.starts_with(domain); });
}

bool is_assignment_annotation(std::string_view key) {
  constexpr std::array<std::string_view, 3> kBeginnings = {"basalt.sh/assigned-", "volcano.sh/vgpu-", "volcano.sh/gpu-"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [key](std::string_view beginning) { return key.starts_with(beginning); });
}

const std::string* find_value(const StringPairs& pairs, std::string_view key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [key](const auto& pair) { return pair.first == key; });
  return found != pairs.end() ? &found->second : nullptr;
}

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
  }
  return "unknown";
}

}  // namespace basalt
