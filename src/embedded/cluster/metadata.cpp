#include "embedded/cluster/metadata.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_dns_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && is_lower_alphanumeric(label.front()) &&
         is_lower_alphanumeric(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view part = name.substr(0, dot);
    const bool fits =
        !part.empty() && is_lower_alphanumeric(part.front()) && is_lower_alphanumeric(part.back()) &&
        std::all_of(part.begin(), part.end(), [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
    if (!fits) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// Roles may be named "system:node", events after anything.
bool has_free_names(const Kind& kind) { return kind.resource.group == "rbac.authorization.k8s.io"; }

}  // namespace

std::string problem_with_name(const Kind& kind, std::string_view name) {
  if (has_free_names(kind)) {
    const bool fits = name.find('/') == std::string_view::npos && name.find('%') == std::string_view::npos &&
                      name != "." && name != "..";
    return fits ? "" : "may not contain '/' or '%'";
  }
  if (kind.is("", "namespaces") || kind.is("", "services")) {
    return is_dns_label(name) ? ""
                              : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                                "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
                                "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  }
  return is_dns_subdomain(name)
             ? ""
             : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
               "must "
               "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
               "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

Objection tidy_metadata(Json& object) {
  if (!object.is_object()) return bad_request("the body is no JSON object");
  Json& metadata = object["metadata"];
  if (metadata.is_null()) metadata = Json::object();
  if (!metadata.is_object()) return bad_request("metadata: expected an object");
  for (const char* text : {"name", "generateName", "namespace", "uid", "resourceVersion"}) {
    const Json& value = kube::member_at(metadata, text);
    if (!value.is_null() && !value.is_string()) {
      return bad_request(std::string("json: cannot unmarshal ") + value.type_name() +
                         " into Go struct field ObjectMeta.metadata." + text + " of type string");
    }
  }
  metadata.erase("managedFields");
  metadata.erase("selfLink");
  for (const char* collection : {"labels", "annotations", "finalizers", "ownerReferences"}) {
    const auto found = metadata.find(collection);
    if (found != metadata.end() && (found->is_null() || (found->is_structured() && found->empty())))
      metadata.erase(found);
  }
  return {};
}

std::vector<Cause> check_metadata(const Json& object) {
  std::vector<Cause> causes;
  const Json& metadata = kube::member_at(object, "metadata");
  for (const char* map : {"labels", "annotations"}) {
    const Json& values = kube::member_at(metadata, map);
    if (values.is_null()) continue;
    const std::string at = std::string("metadata.") + map;
    if (!values.is_object()) {
      causes.push_back(wrong_type(at, values, "must be a map of strings"));
      continue;
    }
    for (const auto& [key, value] : values.items()) {
      if (!value.is_string()) causes.push_back(wrong_type(at + "." + key, value, "must be a string"));
    }
  }
  const Json& finalizers = kube::member_at(metadata, "finalizers");
  if (!finalizers.is_null() && !finalizers.is_array()) {
    causes.push_back(wrong_type("metadata.finalizers", finalizers, "must be a list"));
  }
  const Json& owners = kube::member_at(metadata, "ownerReferences");
  if (!owners.is_null() && !owners.is_array()) {
    causes.push_back(wrong_type("metadata.ownerReferences", owners, "must be a list"));
    return causes;
  }
  for (std::size_t i = 0; i < owners.size() && owners.is_array(); ++i) {
    for (const char* text : {"apiVersion", "kind", "name", "uid"}) {
      if (kube::text_at(owners[i], text).empty()) {
        causes.push_back(required("metadata.ownerReferences[" + std::to_string(i) + "]." + text));
      }
    }
  }
  return causes;
}

bool has_finalizers(const Json& object) {
  for (const char* path : {"metadata.finalizers", "spec.finalizers"}) {
    const Json* finalizers = find_at(object, path);
    if (finalizers != nullptr && finalizers->is_array() && !finalizers->empty()) return true;
    // Only a namespace's spec has finalizers that count.
    if (kube::text_at(object, "kind") != "Namespace") break;
  }
  return false;
}

bool is_being_deleted(const Json& object) { return !text_at(object, "metadata.deletionTimestamp").empty(); }

Objection check_preconditions(const Kind& kind, const Object& object, const Json& preconditions) {
  const ResourceName named{kind.resource.group, kind.kind};  // here Kubernetes names the kind, not the resource
  const std::string uid = kube::text_at(preconditions, "uid");
  if (!uid.empty() && uid != object.uid) {
    return conflict(named, object.key.name,
                    "the UID in the precondition (" + uid + ") does not match the UID in record (" + object.uid +
                        "). The object might have been deleted and then recreated");
  }
  const std::string version = kube::text_at(preconditions, "resourceVersion");
  if (!version.empty() && version != std::to_string(object.revision)) {
    return conflict(named, object.key.name,
                    "the ResourceVersion in the precondition (" + version +
                        ") does not match the ResourceVersion in record (" + std::to_string(object.revision) +
                        "). The object might have been modified");
  }
  return {};
}

void set_condition(Json& status, Json condition) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& known : conditions) {
    if (kube::text_at(known, "type") != kube::text_at(condition, "type")) continue;
    if (kube::text_at(known, "status") == kube::text_at(condition, "status") && known.contains("lastTransitionTime")) {
      condition["lastTransitionTime"] = known["lastTransitionTime"];
    }
    known = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

}  // namespace basalt::embedded
