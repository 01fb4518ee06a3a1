#include "plugins/network-topology-aware/domain_sums.hpp"

#include <utility>

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
  if (topology_ != cluster_->topology_epoch()) return start_anew();
  if (seen_ == cluster_->node_moment()) return;
  cluster_->for_each_node_changed_after(seen_, [&](NodeId node, bool) { count(node); });
  seen_ = cluster_->node_moment();
}

void DomainSums::start_anew() {
  of_node_.assign(cluster_->nodes().slots(), Counted{});
  used_.assign(cluster_->hyper_nodes().slots(), Resources{});
  allocatable_.assign(cluster_->hyper_nodes().slots(), Resources{});
  topology_ = cluster_->topology_epoch();
  for (const NodeId node : cluster_->nodes_in_order()) count(node);
  seen_ = cluster_->node_moment();
}

void DomainSums::count(NodeId node) {
  Counted now{cluster_->used(node), cluster_->nodes()[node].allocatable};
  Counted& counted = of_node_[node.slot()];
  for (const HyperNodeId domain : cluster_->topology().around(node)) {
    used_[domain.slot()] += now.used - counted.used;
    allocatable_[domain.slot()] += now.allocatable - counted.allocatable;
  }
  counted = std::move(now);
}

}  // namespace basalt
