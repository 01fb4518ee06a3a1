#include "embedded/api/discovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace basalt::embedded {
namespace {

// A kind of which nothing is stored: it is posted, and the answer is the result.
struct Review {
  const char* group;
  const char* plural;
  const char* kind;
  bool namespaced;
};

constexpr Review kReviews[] = {
    {"authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false},
    {"authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false},
    {"authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false},
    {"authorization.k8s.io", "localsubjectaccessreviews", "LocalSubjectAccessReview", true},
    {"authentication.k8s.io", "tokenreviews", "TokenReview", false},
    {"authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false},
};

Json verbs_of_objects() { return {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}; }

// Versions of every group but the core group, in the order of first appearance of the kinds.
std::vector<std::pair<std::string, std::vector<std::string>>> groups_of(const Catalogue& catalogue) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  const auto add = [&groups](const std::string& group, const std::string& version) {
    auto known = groups.begin();
    while (known != groups.end() && known->first != group) ++known;
    if (known == groups.end()) known = groups.insert(known, {group, {}});
    auto& versions = known->second;
    if (std::find(versions.begin(), versions.end(), version) == versions.end()) versions.push_back(version);
  };
  for (const KindRef& kind : catalogue.kinds()) {
    if (kind->resource.group.empty()) continue;
    for (const ServedVersion& version : kind->versions) add(kind->resource.group, version.name);
  }
  for (const Review& review : kReviews) add(review.group, "v1");
  return groups;
}

Json group_document(const std::string& name, const std::vector<std::string>& versions) {
  Json list = Json::array();
  for (const std::string& version : versions) {
    list.push_back({{"groupVersion", name + "/" + version}, {"version", version}});
  }
  return {{"name", name}, {"versions", list}, {"preferredVersion", list.front()}};
}

// A subresource, with the type of what is sent to it where that is another than the kind's.
struct Subresource {
  std::string name;
  std::string kind;
  std::string group;
  std::string version;
  Json verbs;
};

std::vector<Subresource> subresources_of(const Kind& kind, const ServedVersion& version) {
  std::vector<Subresource> parts;
  if (version.has_status) parts.push_back({"status", kind.kind, "", "", {"get", "patch", "update"}});
  if (version.scale) parts.push_back({"scale", "Scale", "autoscaling", "v1", {"get", "patch", "update"}});
  if (kind.is("", "pods")) {
    parts.push_back({"binding", "Binding", "", "", {"create"}});
    parts.push_back({"eviction", "Eviction", "policy", "v1", {"create"}});
  }
  if (kind.is("", "namespaces")) parts.push_back({"finalize", "Namespace", "", "", {"update"}});
  return parts;
}

void append_resources(const Kind& kind, const ServedVersion& version, Json& resources) {
  Json resource = {{"name", kind.resource.plural},
                   {"singularName", kind.singular},
                   {"namespaced", kind.namespaced},
                   {"kind", kind.kind},
                   {"verbs", verbs_of_objects()}};
  if (!kind.short_names.empty()) resource["shortNames"] = kind.short_names;
  if (!kind.categories.empty()) resource["categories"] = kind.categories;
  resources.push_back(std::move(resource));
  for (const Subresource& part : subresources_of(kind, version)) {
    Json document = {{"name", kind.resource.plural + "/" + part.name},
                     {"singularName", ""},
                     {"namespaced", kind.namespaced},
                     {"kind", part.kind},
                     {"verbs", part.verbs}};
    if (!part.group.empty()) document["group"] = part.group;
    if (!part.version.empty()) document["version"] = part.version;
    resources.push_back(std::move(document));
  }
}

Json response_kind(const std::string& group, const std::string& version, const std::string& kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

Json aggregated_resource(const Kind& kind, const ServedVersion& version) {
  Json resource = {{"resource", kind.resource.plural},
                   {"responseKind", response_kind(kind.resource.group, version.name, kind.kind)},
                   {"scope", kind.namespaced ? "Namespaced" : "Cluster"},
                   {"singularResource", kind.singular},
                   {"verbs", verbs_of_objects()}};
  if (!kind.short_names.empty()) resource["shortNames"] = kind.short_names;
  if (!kind.categories.empty()) resource["categories"] = kind.categories;
  for (const Subresource& part : subresources_of(kind, version)) {
    const std::string group = part.version.empty() ? kind.resource.group : part.group;
    resource["subresources"].push_back(
        {{"subresource", part.name},
         {"responseKind", response_kind(group, part.version.empty() ? version.name : part.version, part.kind)},
         {"verbs", part.verbs}});
  }
  return resource;
}

Json aggregated_version(const Catalogue& catalogue, const std::string& group, const std::string& name) {
  Json resources = Json::array();
  for (const KindRef& kind : catalogue.kinds()) {
    if (kind->resource.group != group) continue;
    if (const ServedVersion* version = kind->find_version(name))
      resources.push_back(aggregated_resource(*kind, *version));
  }
  for (const Review& review : kReviews) {
    if (group != review.group || name != "v1") continue;
    resources.push_back({{"resource", review.plural},
                         {"responseKind", response_kind(group, "v1", review.kind)},
                         {"scope", review.namespaced ? "Namespaced" : "Cluster"},
                         {"singularResource", ""},
                         {"verbs", {"create"}}});
  }
  return {{"version", name}, {"freshness", "Current"}, {"resources", std::move(resources)}};
}

}  // namespace

Json core_versions() {
  return {{"kind", "APIVersions"}, {"versions", {"v1"}}, {"serverAddressByClientCIDRs", Json::array()}};
}

Json group_list(const Catalogue& catalogue) {
  Json groups = Json::array();
  for (const auto& [name, versions] : groups_of(catalogue)) groups.push_back(group_document(name, versions));
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

Json group(const Catalogue& catalogue, std::string_view wanted) {
  for (const auto& [name, versions] : groups_of(catalogue)) {
    if (name != wanted) continue;
    Json document = group_document(name, versions);
    document["kind"] = "APIGroup";
    document["apiVersion"] = "v1";
    return document;
  }
  return nullptr;
}

Json resource_list(const Catalogue& catalogue, std::string_view group, std::string_view name) {
  Json resources = Json::array();
  for (const KindRef& kind : catalogue.kinds()) {
    if (kind->resource.group != group) continue;
    if (const ServedVersion* version = kind->find_version(name)) append_resources(*kind, *version, resources);
  }
  for (const Review& review : kReviews) {
    if (group != review.group || name != "v1") continue;
    resources.push_back({{"name", review.plural},
                         {"singularName", ""},
                         {"namespaced", review.namespaced},
                         {"kind", review.kind},
                         {"verbs", {"create"}}});
  }
  if (resources.empty()) return nullptr;
  const std::string group_version = (group.empty() ? "" : std::string(group) + "/") + std::string(name);
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", group_version},
          {"resources", std::move(resources)}};
}

Json aggregated_discovery(const Catalogue& catalogue, bool core, std::string_view version) {
  Json items = Json::array();
  if (core) {
    items.push_back({{"metadata", Json::object()}, {"versions", {aggregated_version(catalogue, "", "v1")}}});
  } else {
    for (const auto& [name, versions] : groups_of(catalogue)) {
      Json documents = Json::array();
      for (const std::string& one : versions) documents.push_back(aggregated_version(catalogue, name, one));
      items.push_back({{"metadata", {{"name", name}}}, {"versions", std::move(documents)}});
    }
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/" + std::string(version)},
          {"metadata", Json::object()},
          {"items", std::move(items)}};
}

Json version_document() {
  return {{"major", "1"},
          {"minor", "34"},
          {"gitVersion", kEmulatedVersion},
          {"gitCommit", ""},
          {"gitTreeState", ""},
          {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", ""},
          {"compiler", "basalt-cluster"},
          {"platform", "linux/amd64"}};
}

std::string minimal_open_api_protobuf() {
  // Document: 1 swagger "2.0", 2 info {1 title, 2 version}, 8 paths (empty).
  const std::string title = "k";
  const std::string version = "1";
  std::string document;
  const auto field = [](std::string& to, char tag, const std::string& bytes) {
    to += tag;
    to += static_cast<char>(bytes.size());
    to += bytes;
  };
  std::string info;
  field(info, 0x0A, title);
  field(info, 0x12, version);
  field(document, 0x0A, "2.0");
  field(document, 0x12, info);
  field(document, 0x42, "");
  return document;
}

Json minimal_open_api_json() {
  return {{"swagger", "2.0"},
          {"info", {{"title", "Kubernetes"}, {"version", kEmulatedVersion}}},
          {"paths", Json::object()},
          {"definitions", Json::object()}};
}

}  // namespace basalt::embedded
