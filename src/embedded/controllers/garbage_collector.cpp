#include "embedded/controllers/garbage_collector.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

constexpr const char* kForegroundFinalizer = "foregroundDeletion";
constexpr const char* kOrphanFinalizer = "orphan";

bool has_finalizer(const Json& object, const char* name) {
  const Json& finalizers = kube::member_at(kube::member_at(object, "metadata"), "finalizers");
  return finalizers.is_array() && std::find(finalizers.begin(), finalizers.end(), name) != finalizers.end();
}

const Json& references_of(const Json& object) {
  return kube::member_at(kube::member_at(object, "metadata"), "ownerReferences");
}

std::vector<std::string> owner_uids(const Change& change) {
  std::vector<std::string> uids;
  if (change.gone() || !change.mentions("\"ownerReferences\"")) return uids;
  for (const Json& owner : references_of(change.tree())) uids.push_back(kube::text_at(owner, "uid"));
  return uids;
}

// Takes the references to these owners away.
Objection forget_owners(const Workplace& workplace, const ObjectName& object, const std::set<std::string>& uids) {
  const auto changed = workplace.cluster.modify(
      *workplace.kind(object.resource), object.key, Part::main, [&](const Json& present) -> Outcome<Json> {
        Json wanted = present;
        Json& references = wanted["metadata"]["ownerReferences"];
        if (!references.is_array()) return present;
        const auto is_meant = [&](const Json& owner) { return uids.contains(kube::text_at(owner, "uid")); };
        references.erase(std::remove_if(references.begin(), references.end(), is_meant), references.end());
        return wanted;
      });
  if (changed || changed.refusal().code == 404) return {};
  return changed.refusal();
}

}  // namespace

void GarbageCollector::observe(const Change& change, Agenda& agenda) {
  learn_owners(change, agenda);
  learn_ending(change, agenda);
}

void GarbageCollector::learn_owners(const Change& change, Agenda& agenda) {
  const ObjectName name = change.name();
  const auto known = owners_.find(name);
  std::vector<std::string> before;
  if (known != owners_.end()) before = known->second;
  std::vector<std::string> after = owner_uids(change);
  for (const std::string& uid : before) {
    if (const auto owner = ending_.find(uid); owner != ending_.end()) agenda.add(owner->second);
  }
  if (before == after) return;
  for (const std::string& uid : before) {
    const auto entry = dependents_.find(uid);
    if (entry == dependents_.end()) continue;
    entry->second.erase(name);
    if (entry->second.empty()) dependents_.erase(entry);
  }
  for (const std::string& uid : after) dependents_[uid].insert(name);
  if (after.empty()) {
    owners_.erase(name);
  } else {
    owners_[name] = std::move(after);
    agenda.add(name);  // its owner may be gone already
  }
}

void GarbageCollector::learn_ending(const Change& change, Agenda& agenda) {
  const std::string& uid = change.object().uid;
  const bool waits =
      !change.gone() && change.mentions("\"deletionTimestamp\"") &&
      (has_finalizer(change.tree(), kForegroundFinalizer) || has_finalizer(change.tree(), kOrphanFinalizer));
  if (waits) {
    ending_[uid] = change.name();
    agenda.add(change.name());
  } else {
    ending_.erase(uid);
  }
  if (!change.gone() && !waits) return;
  const auto found = dependents_.find(uid);
  if (found == dependents_.end()) return;
  for (const ObjectName& dependent : found->second) agenda.add(dependent);
}

Objection GarbageCollector::reconcile(const ObjectName& object, WallTime, Agenda& agenda) {
  const ObjectPtr present = workplace_.find(object);
  if (!present) return {};
  const Json tree = present->tree();
  if (!is_being_deleted(tree)) return judge(object, tree);
  if (has_finalizer(tree, kOrphanFinalizer)) return orphan_dependents(object, present->uid);
  if (has_finalizer(tree, kForegroundFinalizer)) return delete_dependents_first(object, present->uid, agenda);
  return {};
}

GarbageCollector::OwnerState GarbageCollector::state_of(const Json& reference, const std::string& space) const {
  const KindRef kind = workplace_.cluster.store().catalogue()->find_by_type(kube::text_at(reference, "apiVersion"),
                                                                            kube::text_at(reference, "kind"));
  if (!kind) return OwnerState::there;
  const ObjectPtr owner =
      workplace_.cluster.store().find(*kind, Key{kind->namespaced ? space : "", kube::text_at(reference, "name")});
  const std::string uid = kube::text_at(reference, "uid");
  if (!owner || owner->uid != uid) return OwnerState::gone;
  const auto ending = ending_.find(uid);
  if (ending == ending_.end()) return OwnerState::there;
  return has_finalizer(owner->tree(), kForegroundFinalizer) ? OwnerState::waiting : OwnerState::there;
}

Objection GarbageCollector::judge(const ObjectName& object, const Json& tree) const {
  const Json& references = references_of(tree);
  if (!references.is_array() || references.empty()) return {};
  std::set<std::string> useless;
  bool any_there = false;
  bool any_waiting = false;
  for (const Json& reference : references) {
    const OwnerState state = state_of(reference, object.key.space);
    any_there = any_there || state == OwnerState::there;
    any_waiting = any_waiting || state == OwnerState::waiting;
    if (state != OwnerState::there) useless.insert(kube::text_at(reference, "uid"));
  }
  if (useless.empty()) return {};
  if (any_there) return forget_owners(workplace_, object, useless);
  DeleteRequest request;
  const std::string uid = text_at(tree, "metadata.uid");
  const bool has_dependents = dependents_.contains(uid);
  request.propagation = any_waiting && has_dependents ? "Foreground" : "Background";
  return workplace_.remove(object, uid, request);
}

Objection GarbageCollector::orphan_dependents(const ObjectName& owner, const std::string& uid) const {
  if (const auto found = dependents_.find(uid); found != dependents_.end()) {
    for (const ObjectName& dependent : found->second) {
      if (auto objection = forget_owners(workplace_, dependent, {uid})) return objection;
    }
  }
  return workplace_.drop_finalizer(owner, uid, kOrphanFinalizer);
}

Objection GarbageCollector::delete_dependents_first(const ObjectName& owner, const std::string& uid,
                                                    Agenda& agenda) const {
  bool any_blocks = false;
  if (const auto found = dependents_.find(uid); found != dependents_.end()) {
    for (const ObjectName& dependent : found->second) {
      const ObjectPtr present = workplace_.find(dependent);
      if (!present) continue;
      const Json tree = present->tree();
      for (const Json& reference : references_of(tree)) {
        const bool is_ours = kube::text_at(reference, "uid") == uid;
        any_blocks = any_blocks || (is_ours && is_true_at(reference, "blockOwnerDeletion"));
      }
      if (!is_being_deleted(tree)) agenda.add(dependent);
    }
  }
  return any_blocks ? Objection() : workplace_.drop_finalizer(owner, uid, kForegroundFinalizer);
}

}  // namespace basalt::embedded
