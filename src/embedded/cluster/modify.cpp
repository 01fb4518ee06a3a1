#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/cluster/admission.hpp"
#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/cluster/strategy.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

void copy_member(const Json& from, Json& to, const char* key) {
  const auto found = from.find(key);
  if (found == from.end()) {
    to.erase(key);
  } else {
    to[key] = *found;
  }
}

// What of the wanted tree belongs to the part that is written; the rest is as it was.
void keep_to_part(const Kind& kind, Part part, const Json& before, Json& wanted) {
  if (part == Part::main) {
    if (kind.versions.front().has_status) copy_member(before, wanted, "status");
    return;
  }
  Json result = before;
  copy_member(wanted, result, "status");
  if (!kind.is_custom) {
    for (const char* field : {"labels", "annotations"}) copy_member(wanted["metadata"], result["metadata"], field);
  }
  wanted = std::move(result);
}

// Only the server sets these.
void keep_bookkeeping(const Json& before, Json& wanted) {
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                            "deletionGracePeriodSeconds", "generation", "resourceVersion"}) {
    copy_member(before["metadata"], wanted["metadata"], field);
  }
}

Objection check_identity(const Kind& kind, const Object& present, const Json& wanted) {
  const Json& metadata = wanted["metadata"];
  const auto must_match = [&](const char* field, const std::string& expected) -> Objection {
    const std::string given = kube::text_at(metadata, field);
    if (given.empty() || given == expected) return {};
    return bad_request("the " + std::string(field) + " of the object (" + given + ") does not match the " + field +
                       " on the URL (" + expected + ")");
  };
  if (auto objection = must_match("name", present.key.name)) return objection;
  if (auto objection = must_match("namespace", present.key.space)) return objection;
  const std::string uid = kube::text_at(metadata, "uid");
  if (!uid.empty() && uid != present.uid) {
    return conflict(kind.resource, present.key.name,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present.uid);
  }
  const std::string version = kube::text_at(metadata, "resourceVersion");
  if (!version.empty() && version != std::to_string(present.revision)) {
    return modified_in_between(kind.resource, present.key.name);
  }
  return {};
}

Objection check_finalizers(const Kind& kind, const Json& before, const Json& wanted) {
  if (!is_being_deleted(before)) return {};
  const Json& known = kube::member_at(before["metadata"], "finalizers");
  for (const Json& finalizer : kube::member_at(wanted["metadata"], "finalizers")) {
    if (std::find(known.begin(), known.end(), finalizer) != known.end()) continue;
    return invalid(kind.resource.group, kind.kind, kube::text_at(before["metadata"], "name"),
                   {forbidden_field("metadata.finalizers",
                                    "no new finalizers can be added if the object is being deleted, found new "
                                    "finalizers []string{\"" +
                                        (finalizer.is_string() ? finalizer.get<std::string>() : "") + "\"}")});
  }
  return {};
}

// Whether what is wanted of an object has changed, as its generation counts it.
bool wants_something_else(const Kind& kind, const Json& before, const Json& wanted) {
  if (!kind.is_custom) {
    return kube::member_at(before, "spec") != kube::member_at(wanted, "spec");
  }
  Json old_rest = before;
  Json new_rest = wanted;
  for (Json* tree : {&old_rest, &new_rest}) {
    tree->erase("metadata");
    if (kind.versions.front().has_status) tree->erase("status");
  }
  return old_rest != new_rest;
}

}  // namespace

Outcome<ObjectPtr> Cluster::modify(const Kind& kind, const Key& key, Part part, const Change& change,
                                   WriteOptions options) {
  Store::Writer writer = store_.write();
  const ObjectPtr present = writer.find(kind, key);
  if (!present) return not_found(kind.resource, key.name);
  const Json before = present->tree();
  auto wanted = change(before);
  if (!wanted) return wanted.refusal();
  return put_changed(writer, kind, *present, before, *std::move(wanted), part, options);
}

Outcome<ObjectPtr> Cluster::put_changed(Store::Writer& writer, const Kind& kind, const Object& present,
                                        const Json& before, Json wanted, Part part, WriteOptions options) {
  if (auto objection = tidy_metadata(wanted)) return *objection;
  const std::string given_kind = kube::text_at(wanted, "kind");
  if (!given_kind.empty() && given_kind != kind.kind) {
    return bad_request("the object is a " + given_kind + ", not a " + kind.kind);
  }
  if (auto objection = check_identity(kind, present, wanted)) return *objection;
  keep_to_part(kind, part, before, wanted);
  keep_bookkeeping(before, wanted);
  wanted["kind"] = kind.kind;
  wanted["apiVersion"] = kind.api_version();
  if (auto objection = check_finalizers(kind, before, wanted)) return *objection;

  const Strategy& strategy = strategy_of(kind);
  shape_custom(kind, wanted);
  if (strategy.fill_defaults != nullptr) strategy.fill_defaults(wanted);
  if (wanted == before) return std::make_shared<const Object>(present);
  std::vector<Cause> causes = check_object(kind, wanted);
  if (part == Part::main && strategy.check_change != nullptr) {
    for (Cause& cause : strategy.check_change(before, wanted)) causes.push_back(std::move(cause));
  }
  if (!causes.empty()) return invalid(kind.resource.group, kind.kind, present.key.name, std::move(causes));

  const bool counts = kind.counts_generation && part == Part::main;
  if (counts && wants_something_else(kind, before, wanted)) {
    wanted["metadata"]["generation"] = kube::integer_at(before["metadata"], "generation", 0) + 1;
  }
  if (options.dry_run) return make_object(kind, std::move(wanted), present.revision);
  if (kind.is("apiextensions.k8s.io", "customresourcedefinitions") && part == Part::main) {
    if (auto objection = define(writer, wanted, false)) return *objection;
  }
  const bool ends = is_being_deleted(wanted) && !has_finalizers(wanted) &&
                    kube::integer_at(wanted["metadata"], "deletionGracePeriodSeconds", 0) == 0;
  if (ends) return erase(writer, kind, std::move(wanted)).object;
  return writer.put(kind, std::move(wanted));
}

}  // namespace basalt::embedded
