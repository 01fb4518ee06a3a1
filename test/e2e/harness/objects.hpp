#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace basalt::e2e {

/// Paths of collections. `space` is a namespace.
std::string pods_path(const std::string& space = "default");
std::string pod_groups_path(const std::string& space = "default");
std::string events_path(const std::string& space = "default");
inline constexpr const char* kNodesPath = "/api/v1/nodes";
inline constexpr const char* kQueuesPath = "/apis/scheduling.volcano.sh/v1beta1/queues";

/// What a test says about a node. There is no kubelet: the status comes with the object.
struct NodeShape {
  std::string cpu = "8";
  std::string memory = "32Gi";
  std::string pods = "110";
  nlohmann::json labels = nlohmann::json::object();
};

/// What a test says about a pod.
struct PodShape {
  std::string gang = {};  ///< PodGroup in the pod's namespace; empty: none
  std::string scheduler_name = "basalt";
  nlohmann::json requests = {{"cpu", "1"}, {"memory", "1Gi"}};
  std::string node = {};  ///< set: bound from the start, by nobody's decision
};

/// What a test says about a PodGroup. `extra` is merged into the spec.
struct GangShape {
  int min_member = 1;
  nlohmann::json extra = nlohmann::json::object();
};

nlohmann::json make_node(const std::string& name, const NodeShape& shape = {});
nlohmann::json make_pod(const std::string& name, const PodShape& shape = {});
nlohmann::json make_gang(const std::string& name, const GangShape& shape);

/// `count` objects, named <prefix>-0, <prefix>-1, ...
std::vector<nlohmann::json> make_nodes(const std::string& prefix, int count, const NodeShape& shape = {});
std::vector<nlohmann::json> make_pods(const std::string& prefix, int count, const PodShape& shape = {});

/// The first condition of this type in a status; null when there is none.
nlohmann::json condition_of(const nlohmann::json& status, const std::string& type);

}  // namespace basalt::e2e
