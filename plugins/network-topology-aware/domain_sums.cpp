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
  if (topology_ != cluster_->topology_epoch()) return start_anew();
  if (seen_ == cluster_->node_moment()) return;
  cluster_->for_each_node_changed_after(seen_, [&](NodeId node, bool is_row) {
    if (is_row) count(node, cluster_->nodes()[node].allocatable, allocatable_of_node_, allocatable_);
    count(node, cluster_->used(node), used_of_node_, used_);
  });
  seen_ = cluster_->node_moment();
}

void DomainSums::start_anew() {
  for (auto* of_node : {&used_of_node_, &allocatable_of_node_}) of_node->assign(cluster_->nodes().slots(), Resources{});
  for (auto* sums : {&used_, &allocatable_}) sums->assign(cluster_->hyper_nodes().slots(), Resources{});
  topology_ = cluster_->topology_epoch();
  for (const NodeId node : cluster_->nodes_in_order()) {
    count(node, cluster_->nodes()[node].allocatable, allocatable_of_node_, allocatable_);
    count(node, cluster_->used(node), used_of_node_, used_);
  }
  seen_ = cluster_->node_moment();
}

void DomainSums::count(NodeId node, const Resources& now, std::vector<Resources>& of_node,
                       std::vector<Resources>& sums) const {
  Resources& counted = of_node[node.slot()];
  if (counted == now) return;
  const Resources more = now - counted;
  for (const HyperNodeId domain : cluster_->topology().around(node)) sums[domain.slot()] += more;
  counted = now;
}

}  // namespace basalt
