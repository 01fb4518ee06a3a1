#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/clock.hpp"
#include "simulation/pod_life.hpp"
#include "simulation/reading.hpp"

/// The JSON bodies that a simulated node sends.
namespace basalt::simulation {

/// What nodes are made.
struct NodeShape {
  std::map<std::string, std::string> capacity;              ///< quantities, "cpu", "memory", "pods", ...
  std::vector<std::pair<std::string, std::string>> labels;  ///< besides those that every node has
  std::string zone;                                         ///< topology.kubernetes.io/zone; empty: no such label
};

/// A Node that is ready, with its status.
std::string node_body(const std::string& name, const std::string& address, const NodeShape& shape, WallTime now);

/// Strategic merge patches of a node's status: its Ready condition ("True" or "Unknown", which is what the node
/// lifecycle controller writes when a kubelet is silent), its heartbeat, its allocatable amounts.
std::string readiness_patch(bool ready, WallTime now);
std::string heartbeat_patch(WallTime now);
std::string allocatable_patch(const std::map<std::string, std::string>& allocatable);

/// A Lease of kube-node-lease, owned by its node, and the merge patch that renews it.
std::string lease_body(const std::string& name, const std::string& node_uid, std::chrono::seconds duration,
                       WallTime now);
std::string lease_patch(WallTime now);

/// Strategic merge patch of a pod's status, for the pod as it is after a step. Bound to its uid.
std::string pod_status_patch(const Pod& pod, PodStep::Kind step, const std::string& node_address, WallTime now);

}  // namespace basalt::simulation
