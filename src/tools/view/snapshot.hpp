#pragma once

#include <map>
#include <string>

#include "basalt/model/objects.hpp"
#include "kube/object.hpp"

namespace basalt::view {

/// The objects of a cluster that the view shows, each as it was last seen. A value; not thread-safe.
struct Snapshot {
  std::map<std::string, NodeObject> nodes;
  std::map<std::string, QueueObject> queues;
  std::map<kube::ObjectKey, PodGroupObject> groups;
  std::map<kube::ObjectKey, PodObject> pods;

  /// Takes in an object's new state. Objects of other kinds are ignored.
  void take(ObjectVariant object);
  /// An object is gone. One that is not known is ignored.
  void drop(ObjectKind kind, const kube::ObjectKey& key);
};

}  // namespace basalt::view
