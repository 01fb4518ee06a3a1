#pragma once

#include <string_view>

#include "adapter/fields.hpp"
#include "basalt/model/objects.hpp"

/// Messages that many kinds hold. `In` is ProtobufMessage or JsonMessage.
namespace basalt::adapter {

/// meta/v1 OwnerReference: kept when it is the controller.
template <class In>
void read_owner(const In& in, std::optional<OwnerReference>& controller) {
  OwnerReference owner;
  bool controls = false;
  in.read(text(1, "kind", owner.kind), text(3, "name", owner.name), text(4, "uid", owner.uid),
          text(5, "apiVersion", owner.api_version), flag(6, "controller", controls));
  if (controls) controller = std::move(owner);
}

/// meta/v1 ObjectMeta. Of the annotations those are kept whose key `wanted(key)` likes.
template <class In, std::predicate<std::string_view> Wanted>
void read_metadata(const In& in, ObjectMeta& meta, Wanted wanted) {
  in.read(text(1, "name", meta.name), text(3, "namespace", meta.namespace_name), text(5, "uid", meta.uid),
          text(6, "resourceVersion", meta.resource_version), time(8, "creationTimestamp", meta.created),
          time(9, "deletionTimestamp", meta.deleted), pairs(11, "labels", meta.labels),
          pairs(12, "annotations", meta.annotations, wanted),
          each(13, "ownerReferences", [&meta](const auto& owner) { read_owner(owner, meta.controller); }));
}

/// The field `metadata` of every kind.
inline auto metadata(ObjectMeta& meta) {
  return message(1, "metadata", [&meta](const auto& in) { read_metadata(in, meta, is_scheduling_annotation); });
}

}  // namespace basalt::adapter
