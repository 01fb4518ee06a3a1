#include "e2e/harness/objects.hpp"

namespace basalt::e2e {
namespace {

nlohmann::json metadata(const std::string& name) { return {{"name", name}}; }

}  // namespace

std::string pods_path(const std::string& space) { return "/api/v1/namespaces/" + space + "/pods"; }

std::string pod_groups_path(const std::string& space) {
  return "/apis/scheduling.volcano.sh/v1beta1/namespaces/" + space + "/podgroups";
}

std::string events_path(const std::string& space) { return "/api/v1/namespaces/" + space + "/events"; }

nlohmann::json make_node(const std::string& name, const NodeShape& shape) {
  const nlohmann::json amounts{{"cpu", shape.cpu}, {"memory", shape.memory}, {"pods", shape.pods}};
  nlohmann::json node{{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", metadata(name)}};
  node["metadata"]["labels"] = shape.labels;
  node["metadata"]["labels"]["kubernetes.io/hostname"] = name;
  node["status"] = {{"capacity", amounts},
                    {"allocatable", amounts},
                    {"conditions", {{{"type", "Ready"}, {"status", "True"}, {"reason", "FakeNode"}}}}};
  return node;
}

nlohmann::json make_pod(const std::string& name, const PodShape& shape) {
  nlohmann::json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata(name)}};
  if (!shape.gang.empty()) pod["metadata"]["annotations"]["scheduling.k8s.io/group-name"] = shape.gang;
  pod["spec"] = {
      {"schedulerName", shape.scheduler_name},
      {"restartPolicy", "Never"},
      {"containers", {{{"name", "main"}, {"image", "busybox"}, {"resources", {{"requests", shape.requests}}}}}}};
  if (!shape.node.empty()) pod["spec"]["nodeName"] = shape.node;
  return pod;
}

nlohmann::json make_gang(const std::string& name, const GangShape& shape) {
  nlohmann::json gang{
      {"apiVersion", "scheduling.volcano.sh/v1beta1"}, {"kind", "PodGroup"}, {"metadata", metadata(name)}};
  gang["spec"] = {{"minMember", shape.min_member}};
  gang["spec"].merge_patch(shape.extra);
  return gang;
}

std::vector<nlohmann::json> make_nodes(const std::string& prefix, int count, const NodeShape& shape) {
  std::vector<nlohmann::json> nodes;
  for (int i = 0; i < count; ++i) nodes.push_back(make_node(prefix + "-" + std::to_string(i), shape));
  return nodes;
}

std::vector<nlohmann::json> make_pods(const std::string& prefix, int count, const PodShape& shape) {
  std::vector<nlohmann::json> pods;
  for (int i = 0; i < count; ++i) pods.push_back(make_pod(prefix + "-" + std::to_string(i), shape));
  return pods;
}

nlohmann::json condition_of(const nlohmann::json& status, const std::string& type) {
  for (const auto& condition : status.value("conditions", nlohmann::json::array())) {
    if (condition.value("type", "") == type) return condition;
  }
  return nullptr;
}

}  // namespace basalt::e2e
