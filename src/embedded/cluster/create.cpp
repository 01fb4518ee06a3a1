#include <nlohmann/json.hpp>

#include "embedded/cluster/admission.hpp"
#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/cluster/strategy.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// How often another suffix is tried for generateName.
constexpr int kNameAttempts = 8;
constexpr std::size_t kLongestGeneratedBase = 58;

Objection check_type(const Kind& kind, Json& body) {
  const std::string given_kind = kube::text_at(body, "kind");
  const std::string given_version = kube::text_at(body, "apiVersion");
  bool is_served = given_version.empty();
  for (const ServedVersion& version : kind.versions)
    is_served = is_served || kind.api_version(version) == given_version;
  if (!is_served || (!given_kind.empty() && given_kind != kind.kind)) {
    return bad_request(given_kind + " in version \"" + given_version + "\" cannot be handled as a " + kind.kind +
                       ": expected " + kind.api_version());
  }
  body["kind"] = kind.kind;
  body["apiVersion"] = kind.api_version();
  return {};
}

Objection place_in_namespace(const Kind& kind, std::string_view space, Json& metadata) {
  const std::string given = kube::text_at(metadata, "namespace");
  if (!kind.namespaced) {
    metadata.erase("namespace");
    if (given.empty()) return {};
    return invalid(kind.resource.group, kind.kind, kube::text_at(metadata, "name"),
                   {forbidden_field("metadata.namespace", "not allowed on this type")});
  }
  if (!given.empty() && given != space) {
    return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  }
  metadata["namespace"] = space;
  return {};
}

}  // namespace

Cluster::Cluster(const Clock& clock, const Options& options)
    : clock_(clock), identities_(options.seed), store_(builtin_kinds(), options.limits) {
  begin();
}

void Cluster::begin() {
  const auto catalogue = store_.catalogue();
  const KindRef namespaces = catalogue->find("", "namespaces");
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    const auto made = create(*namespaces, "", {{"metadata", {{"name", name}}}});
    BASALT_CHECK(made, "the first namespaces cannot be made");
  }
  const KindRef classes = catalogue->find("scheduling.k8s.io", "priorityclasses");
  for (const auto& [name, value] :
       {std::pair("system-node-critical", 2'000'001'000), std::pair("system-cluster-critical", 2'000'000'000)}) {
    const auto made =
        create(*classes, "",
               {{"metadata", {{"name", name}}}, {"value", value}, {"description", "Used for system critical pods."}});
    BASALT_CHECK(made, "the system priority classes cannot be made");
  }
}

Outcome<ObjectPtr> Cluster::create(const Kind& kind, std::string_view space, Json body, WriteOptions options) {
  Store::Writer writer = store_.write();
  return create(writer, kind, space, std::move(body), options);
}

Outcome<ObjectPtr> Cluster::create(Store::Writer& writer, const Kind& kind, std::string_view space, Json body,
                                   WriteOptions options) {
  if (auto objection = tidy_metadata(body)) return *objection;
  if (auto objection = check_type(kind, body)) return *objection;
  Json& metadata = body["metadata"];
  if (auto objection = place_in_namespace(kind, space, metadata)) return *objection;
  if (!kube::text_at(metadata, "resourceVersion").empty()) {
    return bad_request("resourceVersion should not be set on objects to be created");
  }
  std::string name = kube::text_at(metadata, "name");
  const std::string base = kube::text_at(metadata, "generateName").substr(0, kLongestGeneratedBase);
  if (name.empty() && base.empty()) {
    return invalid(kind.resource.group, kind.kind, "", {required("metadata.name", "name or generateName is required")});
  }
  const bool generated = name.empty();
  if (generated) name = base + identities_.name_suffix();
  const std::string problem = problem_with_name(kind, name);
  if (kind.namespaced) {
    if (auto objection = admit_to_namespace(writer, kind, space, name)) return *objection;
  }
  Key key{kind.namespaced ? std::string(space) : "", name};
  for (int attempt = 1; generated && attempt < kNameAttempts && writer.find(kind, key); ++attempt) {
    key.name = base + identities_.name_suffix();
  }
  if (writer.find(kind, key)) return already_exists(kind.resource, key.name);

  const WallTime now = clock_.now();
  metadata["name"] = key.name;
  metadata["uid"] = identities_.uid();
  metadata["creationTimestamp"] = format_time(now);
  for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "generation"}) metadata.erase(field);
  if (kind.counts_generation) metadata["generation"] = 1;
  if (kind.status_on_create == StatusOnCreate::dropped && kind.versions.front().has_status) body.erase("status");

  const Strategy& strategy = strategy_of(kind);
  shape_custom(kind, body);
  if (strategy.fill_defaults != nullptr) strategy.fill_defaults(body);
  auto causes = check_object(kind, body);
  if (!problem.empty()) causes.insert(causes.begin(), invalid_value("metadata.name", name, problem));
  if (!causes.empty()) return invalid(kind.resource.group, kind.kind, key.name, std::move(causes));
  if (strategy.begin != nullptr) strategy.begin(body, now);
  if (kind.is("", "pods")) {
    if (auto objection = admit_priority(writer, body)) return *objection;
  }
  if (kind.is("apiextensions.k8s.io", "customresourcedefinitions")) {
    if (auto objection = define(writer, body, options.dry_run)) return *objection;
  }
  if (options.dry_run) return make_object(kind, std::move(body), store_.revision());
  return writer.put(kind, std::move(body));
}

Outcome<ObjectPtr> Cluster::restore(const Kind& kind, Json object) {
  if (auto objection = tidy_metadata(object)) return *objection;
  if (auto objection = check_type(kind, object)) return *objection;
  const std::string name = text_at(object, "metadata.name");
  if (const std::string problem = problem_with_name(kind, name); !problem.empty()) {
    return invalid(kind.resource.group, kind.kind, name, {invalid_value("metadata.name", name, problem)});
  }
  const std::string space = text_at(object, "metadata.namespace");
  if (kind.namespaced == space.empty()) {
    return invalid(kind.resource.group, kind.kind, name,
                   {kind.namespaced ? required("metadata.namespace")
                                    : forbidden_field("metadata.namespace", "not allowed on this type")});
  }
  if (auto causes = check_object(kind, object); !causes.empty()) {
    return invalid(kind.resource.group, kind.kind, name, std::move(causes));
  }
  Store::Writer writer = store_.write();
  if (kube::text_at(object["metadata"], "uid").empty()) object["metadata"]["uid"] = identities_.uid();
  if (kube::text_at(object["metadata"], "creationTimestamp").empty()) {
    object["metadata"]["creationTimestamp"] = format_time(clock_.now());
  }
  if (kind.is("apiextensions.k8s.io", "customresourcedefinitions")) {
    if (auto objection = define(writer, object, false)) return *objection;
  }
  return writer.put(kind, std::move(object));
}

}  // namespace basalt::embedded
