#include <algorithm>

#include "basalt/base/check.hpp"
#include "basalt/framework/cluster.hpp"

// Rows of HyperNodes, and the forest that is derived from them when somebody asks.
namespace basalt {

const Topology& Cluster::topology() const {
  const std::span<const NodeId> nodes = nodes_in_order();
  if (topology_is_stale_) {
    topology_.rebuild(hyper_nodes_, top_hyper_node_, nodes);
    topology_is_stale_ = false;
  }
  return topology_;
}

HyperNodeId Cluster::insert_hyper_node(HyperNode row) {
  check_between_cycles();
  forget_topology();
  return hyper_nodes_.insert(std::move(row));
}

void Cluster::erase_hyper_node(HyperNodeId hyper_node) {
  check_between_cycles();
  BASALT_CHECK(hyper_node != top_hyper_node_, "the virtual HyperNode is nobody's to erase");
  hyper_nodes_.erase(hyper_node);
  forget_topology();
}

void Cluster::join(HyperNodeId hyper_node, NodeId node) {
  check_between_cycles();
  hyper_nodes_[hyper_node].nodes.push_back(node);
  forget_topology();
}

void Cluster::leave(HyperNodeId hyper_node, NodeId node) {
  check_between_cycles();
  std::erase(hyper_nodes_[hyper_node].nodes, node);
  forget_topology();
}

}  // namespace basalt
