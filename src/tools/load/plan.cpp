#include "tools/load/plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::load {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDigits = 5;

std::string numbered(const std::string& prefix, std::size_t i) {
  std::string number = std::to_string(i + 1);
  if (number.size() < kDigits) number.insert(0, kDigits - number.size(), '0');
  return prefix + "-" + number;
}

std::string group_name(const Plan& plan, std::size_t group) { return numbered(plan.prefix + "-group", group); }

// The steps that make or remove a unit: in a gang the PodGroup first, then its pods.
Step unit_step(const Plan& plan, std::size_t unit, std::size_t part, bool create) {
  if (plan.groups == 0) {
    return {create ? Action::create_pod : Action::delete_pod, numbered(plan.prefix + "-pod", unit), ""};
  }
  const std::string group = group_name(plan, unit);
  if (part == 0) return {create ? Action::create_group : Action::delete_group, group, ""};
  return {create ? Action::create_pod : Action::delete_pod, numbered(group, part - 1), group};
}

Json metadata_of(const Plan& plan, const Step& step) {
  Json metadata = {{"name", step.name}, {"labels", {{kLoadLabel, plan.prefix}}}};
  if (step.action != Action::create_node) metadata["namespace"] = plan.space;
  if (!step.group.empty()) metadata["annotations"] = {{"scheduling.k8s.io/group-name", step.group}};
  return metadata;
}

Json node_of(const Plan& plan, const Step& step, const std::string& time) {
  const Json capacity = {{"cpu", plan.node_cpu}, {"memory", plan.node_memory}, {"pods", plan.node_pods}};
  const Json ready = {{"type", "Ready"},           {"status", "True"},
                      {"reason", "KubeletReady"},  {"message", "made by basalt-load"},
                      {"lastHeartbeatTime", time}, {"lastTransitionTime", time}};
  return {{"apiVersion", "v1"},
          {"kind", "Node"},
          {"metadata", metadata_of(plan, step)},
          {"status", {{"capacity", capacity}, {"allocatable", capacity}, {"conditions", Json::array({ready})}}}};
}

Json group_of(const Plan& plan, const Step& step) {
  return {{"apiVersion", "scheduling.volcano.sh/v1beta1"},
          {"kind", "PodGroup"},
          {"metadata", metadata_of(plan, step)},
          {"spec", {{"minMember", plan.group_size}, {"queue", plan.queue}}}};
}

Json pod_of(const Plan& plan, const Step& step) {
  const Json container = {{"name", "main"},
                          {"image", "busybox"},
                          {"resources", {{"requests", {{"cpu", plan.cpu}, {"memory", plan.memory}}}}}};
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", metadata_of(plan, step)},
          {"spec",
           {{"schedulerName", plan.scheduler},
            {"terminationGracePeriodSeconds", 0},
            {"containers", Json::array({container})}}}};
}

}  // namespace

Step node_step(const Plan& plan, std::size_t i) {
  return {Action::create_node, numbered(plan.prefix + "-node", i), ""};
}

Step group_step(const Plan& plan, std::size_t i) { return {Action::create_group, group_name(plan, i), ""}; }

Step pod_step(const Plan& plan, std::size_t i) {
  const std::size_t in_groups = plan.groups * plan.group_size;
  if (i >= in_groups) return {Action::create_pod, numbered(plan.prefix + "-pod", i - in_groups), ""};
  const std::string group = group_name(plan, i / plan.group_size);
  return {Action::create_pod, numbered(group, i % plan.group_size), group};
}

std::size_t pod_count(const Plan& plan) { return plan.groups * plan.group_size + plan.pods; }

Step churn_step(const Plan& plan, std::size_t i) {
  const std::size_t units = std::max(plan.groups, plan.groups == 0 ? plan.pods : 0);
  const std::size_t steps = plan.groups == 0 ? 1 : plan.group_size + 1;
  const std::size_t turn = i / (2 * steps);
  const std::size_t part = i % (2 * steps);
  return part < steps ? unit_step(plan, turn, part, false) : unit_step(plan, units + turn, part - steps, true);
}

std::string body_of(const Plan& plan, const Step& step, const std::string& time) {
  switch (step.action) {
    case Action::create_node: return kube::print_json(node_of(plan, step, time));
    case Action::create_group: return kube::print_json(group_of(plan, step));
    case Action::create_pod: return kube::print_json(pod_of(plan, step));
    case Action::delete_group:
    case Action::delete_pod: break;
  }
  return "";
}

std::string selector_of(const Plan& plan) { return std::string(kLoadLabel) + "=" + plan.prefix; }

}  // namespace basalt::load
