#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/kinds/kind.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) {
    if (item.is_string()) texts.push_back(item);
  }
  return texts;
}

std::vector<PrinterColumn> columns_of(const Json& version) {
  std::vector<PrinterColumn> columns;
  for (const Json& item : kube::member_at(version, "additionalPrinterColumns")) {
    PrinterColumn column;
    column.name = kube::text_at(item, "name");
    column.type = kube::text_at(item, "type");
    column.format = kube::text_at(item, "format");
    column.description = kube::text_at(item, "description");
    column.priority = static_cast<int>(kube::integer_at(item, "priority", 0));
    column.path = kube::text_at(item, "jsonPath");
    columns.push_back(std::move(column));
  }
  return columns;
}

// ".spec.replicas" as find_at reads it.
std::string dotted(std::string path) {
  if (path.starts_with('.')) path.erase(0, 1);
  return path;
}

ServedVersion version_of(const Json& given) {
  ServedVersion version;
  version.name = kube::text_at(given, "name");
  const Json& subresources = kube::member_at(given, "subresources");
  version.has_status = subresources.is_object() && subresources.contains("status");
  const Json& scale = kube::member_at(subresources, "scale");
  if (scale.is_object()) {
    version.scale =
        ScalePaths{dotted(kube::text_at(scale, "specReplicasPath")), dotted(kube::text_at(scale, "statusReplicasPath")),
                   dotted(kube::text_at(scale, "labelSelectorPath"))};
  }
  if (const Json* schema = find_at(given, "schema.openAPIV3Schema")) version.schema.emplace(*schema);
  version.columns = columns_of(given);
  return version;
}

std::vector<Cause> problems_of(const Json& definition) {
  std::vector<Cause> causes;
  for (const char* field : {"spec.group", "spec.names.plural", "spec.names.kind", "spec.scope"}) {
    if (text_at(definition, field).empty()) causes.push_back(required(field));
  }
  const std::string scope = text_at(definition, "spec.scope");
  if (!scope.empty() && scope != "Namespaced" && scope != "Cluster") {
    causes.push_back(unsupported_value("spec.scope", scope, {"Cluster", "Namespaced"}));
  }
  const std::string expected = text_at(definition, "spec.names.plural") + "." + text_at(definition, "spec.group");
  if (text_at(definition, "metadata.name") != expected) {
    causes.push_back(invalid_value("metadata.name", text_at(definition, "metadata.name"),
                                   "must be spec.names.plural+\".\"+spec.group"));
  }
  const Json* versions = find_at(definition, "spec.versions");
  if (versions == nullptr || !versions->is_array() || versions->empty()) {
    causes.push_back(required("spec.versions", "must have at least one version"));
    return causes;
  }
  long stored = 0;
  for (std::size_t i = 0; i < versions->size(); ++i) {
    const Json& version = (*versions)[i];
    const std::string at = "spec.versions[" + std::to_string(i) + "]";
    if (kube::text_at(version, "name").empty()) causes.push_back(required(at + ".name"));
    stored += is_true_at(version, "storage") ? 1 : 0;
    const Json* schema = find_at(version, "schema.openAPIV3Schema");
    if (schema == nullptr) {
      causes.push_back(required(at + ".schema.openAPIV3Schema", "schemas are required"));
      continue;
    }
    for (Cause& cause : Schema::problems_of(*schema, at + ".schema.openAPIV3Schema"))
      causes.push_back(std::move(cause));
  }
  if (stored != 1) {
    causes.push_back(
        invalid_value("spec.versions", *versions, "must have exactly one version marked as storage version"));
  }
  return causes;
}

}  // namespace

Outcome<KindRef> kind_of_definition(const Json& definition) {
  if (auto causes = problems_of(definition); !causes.empty()) {
    return invalid("apiextensions.k8s.io", "CustomResourceDefinition", text_at(definition, "metadata.name"),
                   std::move(causes));
  }
  auto kind = std::make_shared<Kind>();
  const Json& spec = definition["spec"];
  const Json& names = spec["names"];
  kind->resource = {spec["group"].get<std::string>(), names["plural"].get<std::string>()};
  kind->kind = names["kind"].get<std::string>();
  kind->singular = kube::text_at(names, "singular");
  if (kind->singular.empty()) {
    for (const char c : kind->kind) kind->singular += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  kind->list_kind = kube::text_at(names, "listKind");
  if (kind->list_kind.empty()) kind->list_kind = kind->kind + "List";
  kind->short_names = texts_of(kube::member_at(names, "shortNames"));
  kind->categories = texts_of(kube::member_at(names, "categories"));
  kind->namespaced = spec["scope"] == "Namespaced";
  kind->is_custom = true;
  for (const Json& version : spec["versions"]) {
    const bool stored = is_true_at(version, "storage");
    if (!stored && !is_true_at(version, "served")) continue;
    kind->versions.insert(stored ? kind->versions.begin() : kind->versions.end(), version_of(version));
  }
  return KindRef(std::move(kind));
}

}  // namespace basalt::embedded
