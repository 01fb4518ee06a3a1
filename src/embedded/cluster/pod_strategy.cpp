#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "basalt/model/quantity.hpp"
#include "embedded/cluster/metadata.hpp"
#include "embedded/cluster/strategy.hpp"
#include "embedded/objects/timestamp.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// "Always" for images whose tag may move.
const char* pull_policy(const std::string& image) {
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
  const bool is_pinned =
      image.find('@') != std::string::npos || (colon != std::string::npos && image.substr(colon + 1) != "latest");
  return is_pinned ? "IfNotPresent" : "Always";
}

void fill_container(Json& container) {
  if (!container.is_object()) return;
  set_if_absent(container, "imagePullPolicy", pull_policy(kube::text_at(container, "image")));
  set_if_absent(container, "terminationMessagePath", "/dev/termination-log");
  set_if_absent(container, "terminationMessagePolicy", "File");
  set_if_absent(container, "resources", Json::object());
  Json& resources = container["resources"];
  const Json limits = kube::member_at(resources, "limits");
  if (limits.is_object()) {
    for (const auto& [name, amount] : limits.items()) {
      if (!resources["requests"].contains(name)) resources["requests"][name] = amount;
    }
  }
  if (container.contains("ports") && container["ports"].is_array()) {
    for (Json& port : container["ports"]) {
      if (port.is_object()) set_if_absent(port, "protocol", "TCP");
    }
  }
}

void fill_pod_spec(Json& spec) {
  set_if_absent(spec, "restartPolicy", "Always");
  set_if_absent(spec, "dnsPolicy", "ClusterFirst");
  set_if_absent(spec, "schedulerName", "default-scheduler");
  set_if_absent(spec, "terminationGracePeriodSeconds", 30);
  set_if_absent(spec, "securityContext", Json::object());
  for (const char* list : {"containers", "initContainers"}) {
    const auto found = spec.find(list);
    if (found == spec.end() || !found->is_array()) continue;
    for (Json& container : *found) fill_container(container);
  }
}

// Pods that say nothing leave a node that failed after five minutes.
void tolerate_failed_nodes(Json& spec) {
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    const Json& tolerations = kube::member_at(spec, "tolerations");
    const bool tolerated = std::any_of(tolerations.begin(), tolerations.end(), [&](const Json& toleration) {
      const std::string known = kube::text_at(toleration, "key");
      const std::string effect = kube::text_at(toleration, "effect");
      return (known == key || known.empty()) && (effect == "NoExecute" || effect.empty());
    });
    if (tolerated) continue;
    spec["tolerations"].push_back(
        {{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}});
  }
}

bool is_counted(const std::string& resource) { return resource == "cpu" || resource == "memory"; }

// Guaranteed: limits of cpu and memory everywhere, equal to the requests. BestEffort: neither anywhere.
const char* quality_of_service(const Json& spec) {
  bool any = false;
  bool guaranteed = true;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& container : kube::member_at(spec, list)) {
      const Json& resources = kube::member_at(container, "resources");
      const Json& requests = kube::member_at(resources, "requests");
      const Json& limits = kube::member_at(resources, "limits");
      for (const Json* amounts : {&requests, &limits}) {
        for (const auto& [name, amount] : amounts->items()) any = any || is_counted(name);
      }
      for (const char* name : {"cpu", "memory"}) {
        const Json& limit = kube::member_at(limits, name);
        guaranteed = guaranteed && !limit.is_null() && limit == kube::member_at(requests, name);
      }
    }
  }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

std::string text_of_amount(const Json& amount) {
  return amount.is_string() ? amount.get<std::string>() : kube::print_json(amount);
}

std::optional<std::int64_t> amount_of(const std::string& resource, const Json& amount) {
  if (!amount.is_string() && !amount.is_number()) return std::nullopt;
  const auto parsed = parse_quantity(text_of_amount(amount), unit_of(resource));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

void check_amounts(const Json& amounts, const std::string& path, std::vector<Cause>& causes) {
  if (amounts.is_null()) return;
  if (!amounts.is_object()) {
    causes.push_back(wrong_type(path, amounts, "must be a map of quantities"));
    return;
  }
  for (const auto& [name, amount] : amounts.items()) {
    const auto parsed = amount_of(name, amount);
    if (!parsed) {
      causes.push_back(invalid_value(path + "[" + name + "]", amount,
                                     "quantities must match the regular expression "
                                     "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
    } else if (*parsed < 0) {
      causes.push_back(invalid_value(path + "[" + name + "]", amount, "must be greater than or equal to 0"));
    }
  }
}

void check_container(const Json& container, const std::string& path, std::set<std::string>& names,
                     std::vector<Cause>& causes) {
  const std::string name = kube::text_at(container, "name");
  if (name.empty()) {
    causes.push_back(required(path + ".name"));
  } else if (!names.insert(name).second) {
    causes.push_back({"FieldValueDuplicate", "Duplicate value: \"" + name + "\"", path + ".name"});
  }
  if (kube::text_at(container, "image").empty()) causes.push_back(required(path + ".image"));
  const Json& resources = kube::member_at(container, "resources");
  check_amounts(kube::member_at(resources, "requests"), path + ".resources.requests", causes);
  check_amounts(kube::member_at(resources, "limits"), path + ".resources.limits", causes);
  const Json& limits = kube::member_at(resources, "limits");
  if (!limits.is_object()) return;
  for (const auto& [resource, limit] : limits.items()) {
    const Json& request = kube::member_at(kube::member_at(resources, "requests"), resource.c_str());
    const auto most = amount_of(resource, limit);
    const auto wanted = amount_of(resource, request);
    if (most && wanted && *wanted > *most) {
      causes.push_back(
          invalid_value(path + ".resources.requests", text_of_amount(request),
                        "must be less than or equal to " + resource + " limit of " + text_of_amount(limit)));
    }
  }
}

// The spec without what a running pod may change.
Json fixed_part(const Json& pod) {
  Json spec = kube::member_at(pod, "spec");
  for (const char* list : {"containers", "initContainers"}) {
    if (!spec.contains(list) || !spec[list].is_array()) continue;
    for (Json& container : spec[list]) {
      if (container.is_object()) container.erase("image");
    }
  }
  for (const char* field :
       {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"}) {
    if (spec.is_object()) spec.erase(field);
  }
  return spec;
}

}  // namespace

void fill_pod_template(Json& pod_template) {
  if (!pod_template.is_object()) return;
  if (!pod_template.contains("metadata")) pod_template["metadata"] = Json::object();
  if (pod_template.contains("spec") && pod_template["spec"].is_object()) fill_pod_spec(pod_template["spec"]);
}

void fill_pod(Json& pod) {
  if (!pod.contains("spec") || !pod["spec"].is_object()) return;
  fill_pod_spec(pod["spec"]);
  set_if_absent(pod["spec"], "enableServiceLinks", true);
}

void begin_pod(Json& pod, WallTime now) {
  Json& spec = pod["spec"];
  tolerate_failed_nodes(spec);
  pod["status"] = {{"phase", "Pending"}, {"qosClass", quality_of_service(spec)}};
  const Json& gates = kube::member_at(spec, "schedulingGates");
  if (gates.is_array() && !gates.empty()) {
    pod["status"]["conditions"] = {{{"type", "PodScheduled"},
                                    {"status", "False"},
                                    {"reason", "SchedulingGated"},
                                    {"message", "Scheduling is blocked due to non-empty scheduling gates"},
                                    {"lastProbeTime", nullptr},
                                    {"lastTransitionTime", format_time(now)}}};
  }
}

std::vector<Cause> check_pod_spec(const Json& spec, const std::string& path) {
  std::vector<Cause> causes;
  if (!spec.is_object()) {
    causes.push_back(required(path));
    return causes;
  }
  const Json& containers = kube::member_at(spec, "containers");
  if (!containers.is_array() || containers.empty()) causes.push_back(required(path + ".containers"));
  std::set<std::string> names;
  for (const char* list : {"containers", "initContainers"}) {
    const Json& all = kube::member_at(spec, list);
    for (std::size_t i = 0; all.is_array() && i < all.size(); ++i) {
      check_container(all[i], path + "." + list + "[" + std::to_string(i) + "]", names, causes);
    }
  }
  const std::string policy = kube::text_at(spec, "restartPolicy");
  if (policy != "Always" && policy != "OnFailure" && policy != "Never") {
    causes.push_back(unsupported_value(path + ".restartPolicy", policy, {"Always", "OnFailure", "Never"}));
  }
  return causes;
}

std::vector<Cause> check_pod(const Json& pod) { return check_pod_spec(kube::member_at(pod, "spec"), "spec"); }

std::vector<Cause> check_pod_change(const Json& before, const Json& after) {
  std::vector<Cause> causes;
  if (fixed_part(before) != fixed_part(after)) {
    causes.push_back(forbidden_field(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
  }
  const Json& gates_before = kube::member_at(before["spec"], "schedulingGates");
  for (const Json& gate : kube::member_at(after["spec"], "schedulingGates")) {
    if (std::find(gates_before.begin(), gates_before.end(), gate) == gates_before.end()) {
      causes.push_back(forbidden_field(
          "spec.schedulingGates",
          "only deletion is allowed, but found new scheduling gate '" + kube::text_at(gate, "name") + "'"));
    }
  }
  return causes;
}

}  // namespace basalt::embedded
