#include <nlohmann/json.hpp>

#include "embedded/cluster/cluster.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

Json condition(const char* type, const char* reason, const char* message, WallTime now) {
  return {{"type", type},
          {"status", "True"},
          {"reason", reason},
          {"message", message},
          {"lastTransitionTime", format_time(now)}};
}

// What the server fills in of a definition.
void complete(Json& definition, const Kind& kind, WallTime now) {
  Json& spec = definition["spec"];
  Json& names = spec["names"];
  if (kube::text_at(names, "singular").empty()) names["singular"] = kind.singular;
  if (kube::text_at(names, "listKind").empty()) names["listKind"] = kind.list_kind;
  if (kube::member_at(spec, "conversion").is_null()) spec["conversion"] = {{"strategy", "None"}};
  Json& status = definition["status"];
  if (!status.is_object()) status = Json::object();
  status["acceptedNames"] = names;
  status["storedVersions"] = {kind.versions.front().name};
  set_condition(status, condition("NamesAccepted", "NoConflicts", "no conflicts found", now));
  set_condition(status, condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
}

}  // namespace

Objection Cluster::define(Store::Writer& writer, Json& definition, bool dry_run) {
  const auto kind = kind_of_definition(definition);
  if (!kind) return kind.refusal();
  const auto catalogue = writer.catalogue();
  const KindRef present = catalogue->find((*kind)->resource.group, (*kind)->resource.plural);
  if (present && !present->is_custom) {
    return forbidden({"apiextensions.k8s.io", "customresourcedefinitions"}, text_at(definition, "metadata.name"),
                     "a built-in kind has this name");
  }
  complete(definition, **kind, clock_.now());
  if (!dry_run) writer.set_catalogue(catalogue->with(*kind));
  return {};
}

void Cluster::undefine(Store::Writer& writer, const Json& definition) {
  const auto catalogue = writer.catalogue();
  const KindRef kind = catalogue->find(text_at(definition, "spec.group"), text_at(definition, "spec.names.plural"));
  if (!kind || !kind->is_custom) return;
  for (const ObjectPtr& object : writer.list(*kind, "")) writer.erase(*kind, object->tree());
  writer.set_catalogue(catalogue->without(kind->resource));
}

}  // namespace basalt::embedded
