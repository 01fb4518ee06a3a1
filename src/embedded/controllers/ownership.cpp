#include "embedded/controllers/ownership.hpp"

#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::embedded {

const Json* controller_of(const Json& object) {
  for (const Json& owner : kube::member_at(kube::member_at(object, "metadata"), "ownerReferences")) {
    if (is_true_at(owner, "controller")) return &owner;
  }
  return nullptr;
}

ResourceName resource_of_controller(const Json& owner_reference) {
  const std::string kind = kube::text_at(owner_reference, "kind");
  if (kind == "Job") return {"batch", "jobs"};
  if (kind == "ReplicaSet") return {"apps", "replicasets"};
  if (kind == "Deployment") return {"apps", "deployments"};
  return {};
}

Json reference_to(const Json& owner) {
  return {{"apiVersion", kube::text_at(owner, "apiVersion")},
          {"kind", kube::text_at(owner, "kind")},
          {"name", text_at(owner, "metadata.name")},
          {"uid", text_at(owner, "metadata.uid")},
          {"controller", true},
          {"blockOwnerDeletion", true}};
}

Json pod_of_template(const Json& owner) {
  const Json* pod_template = find_at(owner, "spec.template");
  Json pod = {{"metadata", Json::object()}, {"spec", Json::object()}};
  if (pod_template == nullptr) return pod;
  const Json& given = kube::member_at(*pod_template, "metadata");
  for (const char* part : {"labels", "annotations", "finalizers"}) {
    if (const Json& value = kube::member_at(given, part); !value.is_null()) pod["metadata"][part] = value;
  }
  pod["spec"] = kube::member_at(*pod_template, "spec");
  pod["metadata"]["generateName"] = text_at(owner, "metadata.name") + "-";
  pod["metadata"]["ownerReferences"] = Json::array({reference_to(owner)});
  return pod;
}

}  // namespace basalt::embedded
