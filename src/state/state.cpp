#include "state/state.hpp"

#include "basalt/base/overloaded.hpp"

namespace basalt {

State::State(Ownership ownership) : ownership_(std::move(ownership)) {}

void State::apply(const Delta& delta) {
  std::visit(Overloaded{
                 [this](const Upserted& upserted) {
                   std::visit([this](const auto& object) { take(object); }, upserted.object);
                 },
                 [this](const Removed& removed) { remove(removed); },
                 [this](const Rejected& rejected) { reject(rejected); },
                 [this](const BindResult& result) { settle(result); },
                 [this](const EvictResult& result) { settle(result); },
                 [this](const StatusResult& result) { settle(result); },
             },
             delta);
}

void State::remove(const Removed& removed) {
  const std::string key = removed.namespace_name + "/" + removed.name;
  switch (removed.kind) {
    case ObjectKind::pod:
      if (const auto known = pods_.find(key);
          known != pods_.end() && (removed.uid.empty() || known->second.uid == removed.uid)) {
        forget_pod(key);
      }
      return;
    case ObjectKind::node: remove_node(removed.name); return;
    case ObjectKind::pod_group: remove_group(key, removed.uid); return;
    case ObjectKind::queue: remove_queue(removed.name); return;
    case ObjectKind::priority_class:
      priority_classes_.erase(removed.name);
      refresh_all_groups();
      return;
    case ObjectKind::claim:
      claims_.erase(key);
      reread_pods_with_claims(removed.namespace_name);
      return;
    case ObjectKind::volume:
      volumes_.erase(removed.name);
      reread_pods_with_claims({});
      return;
    case ObjectKind::storage_class:
      storage_classes_.erase(removed.name);
      reread_pods_with_claims({});
      return;
    case ObjectKind::namespace_kind:
      namespaces_.erase(removed.name);
      reread_pods_that_select_namespaces();
      return;
    case ObjectKind::hyper_node: hyper_nodes_.remove(removed.name); return;
    case ObjectKind::resource_quota:
      resource_quotas_.erase(key);
      refresh_quotas(removed.namespace_name);
      return;
    case ObjectKind::numatopology:
      numatopologies_.erase(removed.name);
      refresh_numa(removed.name);
      return;
  }
}

void State::reject(const Rejected& rejected) {
  const std::string key = rejected.namespace_name + "/" + rejected.name;
  switch (rejected.kind) {
    case ObjectKind::pod: {
      forget_pod(key);
      PodEntry& entry = pods_[key];
      entry.uid = rejected.uid;
      if (!rejected.node_name.empty()) {
        entry.uncountable_on = rejected.node_name;
        count_uncountable(rejected.node_name, 1);
      }
      return;
    }
    case ObjectKind::node: remove_node(rejected.name); return;
    case ObjectKind::pod_group: {
      Group& group = groups_[key];
      group.object.reset();
      group.rejection = rejected.reason;
      refresh(key);
      return;
    }
    case ObjectKind::queue: remove_queue(rejected.name); return;
    default: remove(Removed{rejected.kind, rejected.namespace_name, rejected.name, rejected.uid}); return;
  }
}

void State::take(const ClaimObject& claim) {
  claims_[claim.meta.namespace_name + "/" + claim.meta.name] = claim;
  reread_pods_with_claims(claim.meta.namespace_name);
}

void State::take(const VolumeObject& volume) {
  volumes_[volume.meta.name] = volume;
  reread_pods_with_claims({});
}

void State::take(const StorageClassObject& storage_class) {
  storage_classes_[storage_class.meta.name] = storage_class;
  reread_pods_with_claims({});
}

void State::take(const ResourceQuotaObject& quota) {
  resource_quotas_[quota.meta.namespace_name + "/" + quota.meta.name] = quota;
  refresh_quotas(quota.meta.namespace_name);
}

void State::refresh_quotas(const std::string& namespace_name) {
  std::vector<ResourceQuotaObject> quotas;
  const std::string prefix = namespace_name + "/";
  for (auto at = resource_quotas_.lower_bound(prefix); at != resource_quotas_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    quotas.push_back(at->second);
  }
  cluster_.set_quotas(namespace_name, std::move(quotas));
}

void State::take(const NumatopologyObject& numatopology) {
  numatopologies_[numatopology.meta.name] = numatopology;
  refresh_numa(numatopology.meta.name);
}

void State::take(const NamespaceObject& name_space) {
  const auto [known, is_new] = namespaces_.try_emplace(name_space.meta.name, name_space);
  const bool is_labelled_otherwise = is_new || known->second.meta.labels != name_space.meta.labels;
  known->second = name_space;
  if (is_labelled_otherwise) reread_pods_that_select_namespaces();
}

}  // namespace basalt
