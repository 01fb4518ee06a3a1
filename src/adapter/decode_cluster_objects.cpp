#include <algorithm>
#include <array>

#include "adapter/decode_kinds.hpp"
#include "adapter/decode_metadata.hpp"
#include "adapter/decode_selectors.hpp"
#include "adapter/fields.hpp"

namespace basalt::adapter {
namespace {

constexpr std::array<std::string_view, 3> kPreemptionPolicies = {"", "PreemptLowerPriority", "Never"};
constexpr std::array<std::string_view, 3> kBindingModes = {"", "Immediate", "WaitForFirstConsumer"};

/// Set by the volume binder when both sides of the binding are complete.
constexpr std::string_view kBindCompleted = "pv.kubernetes.io/bind-completed";
/// Where the storage class was before the field; still first in line (component-helpers storage/volume).
constexpr std::string_view kLegacyStorageClass = "volume.beta.kubernetes.io/storage-class";

/// Removes and returns the value of a key.
std::optional<std::string> take_value(StringPairs& pairs, std::string_view key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [key](const auto& pair) { return pair.first == key; });
  if (found == pairs.end()) return std::nullopt;
  std::string value = std::move(found->second);
  pairs.erase(found);
  return value;
}

}  // namespace

template <class In>
void read_priority_class(const In& in, PriorityClassObject& priority_class) {
  std::string policy;
  in.read(metadata(priority_class.meta), integer(2, "value", priority_class.value),
          flag(3, "globalDefault", priority_class.global_default),
          one_of(5, "preemptionPolicy", policy, kPreemptionPolicies));
  priority_class.never_preempts = policy == "Never";
}

template <class In>
void read_claim(const In& in, ClaimObject& claim) {
  const auto is_wanted = [](std::string_view key) {
    return key == kBindCompleted || key == kLegacyStorageClass || is_scheduling_annotation(key);
  };
  std::string_view phase;
  in.read(message(1, "metadata", [&](const auto& meta) { read_metadata(meta, claim.meta, is_wanted); }),
          message(2, "spec",
                  [&claim](const auto& spec) {
                    spec.read(text(3, "volumeName", claim.volume_name),
                              text(5, "storageClassName", claim.storage_class));
                  }),
          message(3, "status", [&phase](const auto& status) { status.read(view(1, "phase", phase)); }));
  const bool completed = take_value(claim.meta.annotations, kBindCompleted).has_value();
  claim.bound = phase == "Bound" || (completed && !claim.volume_name.empty());
  if (auto legacy = take_value(claim.meta.annotations, kLegacyStorageClass)) claim.storage_class = std::move(legacy);
}

template <class In>
void read_volume(const In& in, VolumeObject& volume) {
  in.read(metadata(volume.meta), message(2, "spec", [&volume](const auto& spec) {
            spec.read(message(9, "nodeAffinity", [&volume](const auto& affinity) {
              affinity.read(node_selector(1, "required", volume.required_nodes));
            }));
          }));
}

template <class In>
void read_storage_class(const In& in, StorageClassObject& storage_class) {
  std::string mode;
  in.read(metadata(storage_class.meta), one_of(7, "volumeBindingMode", mode, kBindingModes));
  storage_class.wait_for_first_consumer = mode == "WaitForFirstConsumer";
}

template <class In>
void read_namespace(const In& in, NamespaceObject& space) {
  in.read(metadata(space.meta));
}

template void read_priority_class(const ProtobufMessage&, PriorityClassObject&);
template void read_priority_class(const JsonMessage&, PriorityClassObject&);
template void read_claim(const ProtobufMessage&, ClaimObject&);
template void read_claim(const JsonMessage&, ClaimObject&);
template void read_volume(const ProtobufMessage&, VolumeObject&);
template void read_volume(const JsonMessage&, VolumeObject&);
template void read_storage_class(const ProtobufMessage&, StorageClassObject&);
template void read_storage_class(const JsonMessage&, StorageClassObject&);
template void read_namespace(const ProtobufMessage&, NamespaceObject&);
template void read_namespace(const JsonMessage&, NamespaceObject&);

}  // namespace basalt::adapter
