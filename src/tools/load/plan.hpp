#pragma once

#include <cstddef>
#include <string>

namespace basalt::load {

/// Objects that carry this label, with the prefix of their names as its value, were made by basalt-load.
inline constexpr const char* kLoadLabel = "basalt.sh/load";

/// What to create. Names follow from the plan alone: "<prefix>-node-00001", "<prefix>-group-00001",
/// "<prefix>-group-00001-00001" for the first pod of that gang, "<prefix>-pod-00001" for a pod without one.
struct Plan {
  std::string prefix = "load";
  std::string space = "default";  ///< namespace of PodGroups and pods
  std::size_t nodes = 0;
  std::size_t groups = 0;
  std::size_t group_size = 10;  ///< pods of each gang, and its minMember
  std::size_t pods = 0;         ///< besides: pods without a PodGroup
  std::string queue = "default";
  std::string scheduler = "basalt";
  std::string cpu = "1";  ///< requests of each pod
  std::string memory = "1Gi";
  std::string node_cpu = "16";  ///< of each node
  std::string node_memory = "64Gi";
  std::string node_pods = "110";
};

enum class Action { create_node, create_group, create_pod, delete_group, delete_pod };

/// One request to be sent.
struct Step {
  Action action = Action::create_pod;
  std::string name;
  std::string group;  ///< of a pod; empty: none

  bool operator==(const Step&) const = default;
};

/// The creations of a plan, each kind a sequence that begins at 0. Gangs go before their pods.
/// REQUIRES of `pod_step`: i < pod_count(plan); pods of gangs come first.
Step node_step(const Plan& plan, std::size_t i);
Step group_step(const Plan& plan, std::size_t i);
Step pod_step(const Plan& plan, std::size_t i);
[[nodiscard]] std::size_t pod_count(const Plan& plan);

/// Step i of churn, which has no end: the oldest unit (a gang with its pods; a pod where there are no gangs) is
/// deleted, then the next one created, and so on, so that there are always as many. REQUIRES: the plan has a gang or a
/// pod.
Step churn_step(const Plan& plan, std::size_t i);

/// The JSON body of a creation. `time` is only written into the conditions of nodes (RFC 3339).
std::string body_of(const Plan& plan, const Step& step, const std::string& time);

/// "<label>=<prefix>": selects what a plan made.
std::string selector_of(const Plan& plan);

}  // namespace basalt::load
