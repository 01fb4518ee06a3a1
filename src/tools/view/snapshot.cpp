#include "tools/view/snapshot.hpp"

#include "basalt/base/overloaded.hpp"

namespace basalt::view {

void Snapshot::take(ObjectVariant object) {
  const auto key_of = [](const ObjectMeta& meta) { return kube::ObjectKey{meta.namespace_name, meta.name}; };
  std::visit(Overloaded{
                 [&](NodeObject& node) { nodes.insert_or_assign(node.meta.name, std::move(node)); },
                 [&](QueueObject& queue) { queues.insert_or_assign(queue.meta.name, std::move(queue)); },
                 [&](PodGroupObject& group) { groups.insert_or_assign(key_of(group.meta), std::move(group)); },
                 [&](PodObject& pod) { pods.insert_or_assign(key_of(pod.meta), std::move(pod)); },
                 [](auto&) {},
             },
             object);
}

void Snapshot::drop(ObjectKind kind, const kube::ObjectKey& key) {
  switch (kind) {
    case ObjectKind::node: nodes.erase(key.name); break;
    case ObjectKind::queue: queues.erase(key.name); break;
    case ObjectKind::pod_group: groups.erase(key); break;
    case ObjectKind::pod: pods.erase(key); break;
    default: break;
  }
}

}  // namespace basalt::view
