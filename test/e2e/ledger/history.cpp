#include "e2e/ledger/history.hpp"

#include <stdexcept>

namespace basalt::e2e {
namespace {

constexpr const char* kGroupAnnotation = "scheduling.k8s.io/group-name";

std::string name_of(const nlohmann::json& metadata) {
  const std::string space = metadata.value("namespace", "");
  return (space.empty() ? "" : space + "/") + metadata.at("name").get<std::string>();
}

PodFacts read_pod(const nlohmann::json& pod) {
  const auto& metadata = pod.at("metadata");
  const auto& spec = pod.at("spec");
  const auto annotations = metadata.value("annotations", nlohmann::json::object());
  const std::string group = annotations.value(kGroupAnnotation, "");
  return {.uid = metadata.at("uid").get<std::string>(),
          .node = spec.value("nodeName", ""),
          .gang = group.empty() ? "" : metadata.at("namespace").get<std::string>() + "/" + group,
          .scheduler_name = spec.value("schedulerName", ""),
          .phase = pod.value("status", nlohmann::json::object()).value("phase", ""),
          .requests = requests_of(pod)};
}

NodeFacts read_node(const nlohmann::json& node) {
  return {.allocatable =
              parse_amounts(node.value("status", nlohmann::json::object()).value("allocatable", nlohmann::json()))};
}

GangFacts read_gang(const nlohmann::json& group) {
  return {.min_member = group.value("spec", nlohmann::json::object()).value("minMember", 0),
          .status = group.value("status", nlohmann::json::object())};
}

}  // namespace

Entry read_object(const nlohmann::json& object, const std::string& kind, bool deleted,
                  std::chrono::steady_clock::time_point seen) {
  const auto& metadata = object.at("metadata");
  Entry entry{.revision = std::stoll(metadata.at("resourceVersion").get<std::string>()),
              .seen = seen,
              .name = name_of(metadata),
              .deleted = deleted,
              .facts = {}};
  const std::string actual = object.value("kind", kind);
  if (actual == "Pod") {
    entry.facts = read_pod(object);
  } else if (actual == "Node") {
    entry.facts = read_node(object);
  } else if (actual == "PodGroup") {
    entry.facts = read_gang(object);
  } else {
    throw std::runtime_error("the ledger keeps no objects of kind '" + actual + "'");
  }
  return entry;
}

}  // namespace basalt::e2e
