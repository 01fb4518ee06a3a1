#pragma once

#include <map>
#include <string>

#include "basalt/base/result.hpp"
#include "kube/object.hpp"
#include "simulation/pod_life.hpp"

namespace basalt::simulation {

/// Nodes with this label, value "true", are simulated.
inline constexpr const char* kSimulated = "basalt.sh/simulated";
/// Annotation of nodes: "down" makes the node fail; without it, it comes back.
inline constexpr const char* kSimulate = "basalt.sh/simulate";
/// Annotation of nodes: "nvidia.com/gpu=6,cpu=8": what is allocatable instead of the capacity.
inline constexpr const char* kAllocatable = "basalt.sh/allocatable";

/// What is known of a simulated node.
struct Node {
  std::string name;
  std::string uid;
  bool down = false;                               ///< kSimulate says so
  std::map<std::string, std::string> capacity;     ///< quantities as they are written
  std::map<std::string, std::string> allocatable;  ///< as the status says
  std::map<std::string, std::string> wanted;       ///< allocatable as kAllocatable wants it
  std::string address;                             ///< InternalIP
  std::string ready;                               ///< status of the Ready condition; empty: there is none

  bool operator==(const Node&) const = default;
};

/// Read a pod, a node. Fail with `invalid` when the bytes are malformed.
Result<Pod> read_pod(const kube::ObjectBytes& object);
Result<Node> read_node(const kube::ObjectBytes& object);

/// "a=1,b=2" over `capacity`: what kAllocatable means. Parts that cannot be read, and resources that the node does not
/// have, are ignored.
std::map<std::string, std::string> wanted_allocatable(const std::map<std::string, std::string>& capacity,
                                                      const std::string& annotation);

}  // namespace basalt::simulation
