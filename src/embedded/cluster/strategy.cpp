#include "embedded/cluster/strategy.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "kube/base64.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

void begin_namespace(Json& space, WallTime) {
  space["spec"]["finalizers"] = {"kubernetes"};
  space["status"] = {{"phase", "Active"}};
  space["metadata"]["labels"]["kubernetes.io/metadata.name"] = space["metadata"]["name"];
}

std::vector<Cause> check_priority_class(const Json& priority_class) {
  std::vector<Cause> causes;
  constexpr long long kHighestOfUsers = 1'000'000'000;
  const Json& value = kube::member_at(priority_class, "value");
  if (!value.is_null() && !value.is_number_integer()) {
    causes.push_back(wrong_type("value", value, "must be an integer"));
  } else if (value.is_number_integer() && value.get<long long>() > kHighestOfUsers &&
             !kube::text_at(priority_class["metadata"], "name").starts_with("system-")) {
    causes.push_back(forbidden_field("value", "maximum allowed value of a user defined priority is 1000000000"));
  }
  return causes;
}

std::vector<Cause> check_priority_class_change(const Json& before, const Json& after) {
  std::vector<Cause> causes;
  for (const char* field : {"value", "preemptionPolicy"}) {
    if (kube::member_at(before, field) != kube::member_at(after, field)) {
      causes.push_back(forbidden_field(field, "may not be changed in an update."));
    }
  }
  return causes;
}

void fill_priority_class(Json& priority_class) {
  if (!priority_class.contains("value")) priority_class["value"] = 0;
  if (!priority_class.contains("preemptionPolicy")) priority_class["preemptionPolicy"] = "PreemptLowerPriority";
}

std::vector<Cause> check_disruption_budget(const Json& budget) {
  const Json& spec = kube::member_at(budget, "spec");
  std::vector<Cause> causes;
  if (spec.contains("minAvailable") && spec.contains("maxUnavailable")) {
    causes.push_back(invalid_value("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
  }
  return causes;
}

void fill_service(Json& service) {
  Json& spec = service["spec"];
  if (!spec.is_object()) spec = Json::object();
  if (!spec.contains("type")) spec["type"] = "ClusterIP";
  if (!spec.contains("sessionAffinity")) spec["sessionAffinity"] = "None";
  if (!spec.contains("ports") || !spec["ports"].is_array()) return;
  for (Json& port : spec["ports"]) {
    if (!port.is_object()) continue;
    if (!port.contains("protocol")) port["protocol"] = "TCP";
    if (!port.contains("targetPort") && port.contains("port")) port["targetPort"] = port["port"];
  }
}

void fill_secret(Json& secret) {
  if (!secret.contains("type")) secret["type"] = "Opaque";
  const Json texts = kube::member_at(secret, "stringData");
  if (!texts.is_object()) return;
  for (const auto& [key, text] : texts.items()) {
    if (text.is_string()) secret["data"][key] = kube::encode_base64(text.get<std::string>());
  }
  secret.erase("stringData");
}

const std::map<ResourceName, Strategy>& strategies() {
  static const std::map<ResourceName, Strategy> kStrategies = {
      {{"", "pods"}, {fill_pod, begin_pod, check_pod, check_pod_change}},
      {{"", "namespaces"}, {nullptr, begin_namespace, nullptr, nullptr}},
      {{"", "services"}, {fill_service, nullptr, nullptr, nullptr}},
      {{"", "secrets"}, {fill_secret, nullptr, nullptr, nullptr}},
      {{"apps", "deployments"}, {fill_deployment, nullptr, check_workload, nullptr}},
      {{"apps", "replicasets"}, {fill_replica_set, nullptr, check_workload, nullptr}},
      {{"apps", "statefulsets"}, {fill_stateful_set, nullptr, check_workload, nullptr}},
      {{"apps", "daemonsets"}, {fill_daemon_set, nullptr, check_workload, nullptr}},
      {{"batch", "jobs"}, {fill_job, begin_job, check_job, nullptr}},
      {{"policy", "poddisruptionbudgets"}, {nullptr, nullptr, check_disruption_budget, nullptr}},
      {{"scheduling.k8s.io", "priorityclasses"},
       {fill_priority_class, nullptr, check_priority_class, check_priority_class_change}},
  };
  return kStrategies;
}

}  // namespace

const Strategy& strategy_of(const Kind& kind) {
  static const Strategy kNone;
  const auto found = strategies().find(kind.resource);
  return found == strategies().end() ? kNone : found->second;
}

}  // namespace basalt::embedded
