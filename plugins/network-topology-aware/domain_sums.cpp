#include "plugins/network-topology-aware/domain_sums.hpp"

namespace basalt {

const Resources& DomainSums::used(HyperNodeId hyper_node) {
  catch_up();
  return used_[hyper_node.slot()];
}

const Resources& DomainSums::allocatable(HyperNodeId hyper_node) {
  catch_up();
  return allocatable_[hyper_node.slot()];
}

void DomainSums::catch_up() {
  const Topology& topology = cluster_.topology();
  if (!is_filled_) {
    of_node_.resize(cluster_.nodes().slots());
    used_.resize(cluster_.hyper_nodes().slots());
    allocatable_.resize(cluster_.hyper_nodes().slots());
    for (const NodeId node : cluster_.nodes_in_order()) {
      of_node_[node.slot()] = cluster_.used(node);
      for (const HyperNodeId domain : topology.around(node)) {
        used_[domain.slot()] += cluster_.used(node);
        allocatable_[domain.slot()] += cluster_.nodes()[node].allocatable;
      }
    }
    is_filled_ = true;
    seen_ = cluster_.node_moment();
    return;
  }
  cluster_.for_each_node_changed_after(seen_, [&](NodeId node, bool) {
    Resources& counted = of_node_[node.slot()];
    const Resources& now = cluster_.used(node);
    if (counted == now) return;
    for (const HyperNodeId domain : topology.around(node)) {
      used_[domain.slot()] -= counted;
      used_[domain.slot()] += now;
    }
    counted = now;
  });
  seen_ = cluster_.node_moment();
}

}  // namespace basalt
