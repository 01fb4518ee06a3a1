#include "embedded/cluster/admission.hpp"

#include <nlohmann/json.hpp>

#include "embedded/cluster/metadata.hpp"
#include "embedded/cluster/strategy.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {

Objection admit_to_namespace(const Store::Writer& writer, const Kind& kind, std::string_view space,
                             std::string_view name) {
  const KindRef namespaces = writer.catalogue()->find("", "namespaces");
  const ObjectPtr object = writer.find(*namespaces, Key{"", std::string(space)});
  if (!object) return not_found(namespaces->resource, space);
  if (!is_being_deleted(object->tree())) return {};
  Refusal refusal =
      forbidden(kind.resource, name,
                "unable to create new content in namespace " + std::string(space) + " because it is being terminated");
  refusal.causes.push_back(
      {"NamespaceTerminating", "namespace " + std::string(space) + " is being terminated", "metadata.namespace"});
  return refusal;
}

Objection admit_priority(const Store::Writer& writer, Json& pod) {
  const KindRef kind = writer.catalogue()->find("scheduling.k8s.io", "priorityclasses");
  Json& spec = pod["spec"];
  const std::string pod_name = kube::text_at(pod["metadata"], "name");
  std::string name = kube::text_at(spec, "priorityClassName");
  Json found;
  if (!name.empty()) {
    const ObjectPtr object = writer.find(*kind, Key{"", name});
    if (!object) {
      return forbidden({"", "pods"}, pod_name, "no PriorityClass with name " + name + " was found");
    }
    found = object->tree();
  } else {
    for (const ObjectPtr& object : writer.list(*kind, "")) {
      Json candidate = object->tree();
      if (!is_true_at(candidate, "globalDefault")) continue;
      if (found.is_null() || kube::integer_at(candidate, "value", 0) < kube::integer_at(found, "value", 0)) {
        found = std::move(candidate);
      }
    }
    if (!found.is_null()) spec["priorityClassName"] = found["metadata"]["name"];
  }
  const long long priority = kube::integer_at(found, "value", 0);
  const auto given = integer_at(spec, "priority");
  if (given && *given != priority) {
    return forbidden({"", "pods"}, pod_name,
                     "the integer value of priority (" + std::to_string(*given) +
                         ") must not be provided in pod spec; priority admission controller computed " +
                         std::to_string(priority) + " from the given PriorityClass name");
  }
  spec["priority"] = priority;
  std::string policy = kube::text_at(found, "preemptionPolicy");
  if (policy.empty()) policy = "PreemptLowerPriority";
  if (kube::text_at(spec, "preemptionPolicy").empty()) spec["preemptionPolicy"] = policy;
  return {};
}

void shape_custom(const Kind& kind, Json& object) {
  const auto& schema = kind.versions.front().schema;
  if (!schema) return;
  schema->prune(object);
  schema->fill_defaults(object);
}

std::vector<Cause> check_object(const Kind& kind, const Json& object) {
  std::vector<Cause> causes = check_metadata(object);
  const auto add = [&causes](std::vector<Cause> more) {
    for (Cause& cause : more) causes.push_back(std::move(cause));
  };
  if (const auto& schema = kind.versions.front().schema) add(schema->validate(object));
  if (const auto check = strategy_of(kind).check) add(check(object));
  return causes;
}

}  // namespace basalt::embedded
