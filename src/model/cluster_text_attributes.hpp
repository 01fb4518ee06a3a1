#pragma once

#include "basalt/base/result.hpp"
#include "basalt/model/objects.hpp"
#include "model/cluster_text_lines.hpp"

/// What the attributes of each kind of object mean. docs/scenarios.md lists them.
namespace basalt::text {

/// Attributes that every kind has; false when it is none of them.
bool set_meta(ObjectMeta& meta, const Attribute& attribute);

/// Sets what the attribute says; fails with what was expected.
Result<void> set(NodeObject& node, const Attribute& attribute);
Result<void> set(QueueObject& queue, const Attribute& attribute);
Result<void> set(PodGroupObject& group, const Attribute& attribute);
Result<void> set(PodObject& pod, const Attribute& attribute);
Result<void> set(PriorityClassObject& priority_class, const Attribute& attribute);
Result<void> set(ClaimObject& claim, const Attribute& attribute);
Result<void> set(VolumeObject& volume, const Attribute& attribute);
Result<void> set(StorageClassObject& storage_class, const Attribute& attribute);
Result<void> set(NamespaceObject& name_space, const Attribute& attribute);
Result<void> set(HyperNodeObject& hyper_node, const Attribute& attribute);
Result<void> set(ResourceQuotaObject& quota, const Attribute& attribute);
Result<void> set(NumatopologyObject& object, const Attribute& attribute);

/// What the pod's containers have to themselves; without a value one container has what the pod asks for, which is
/// known once all attributes are: `finish_guaranteed`.
Result<void> set_guaranteed(PodObject& pod, const std::string& value);
inline constexpr std::int64_t kAsRequested = -1;
void finish_guaranteed(PodObject& pod);

}  // namespace basalt::text
