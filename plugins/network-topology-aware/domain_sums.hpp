#pragma once

#include <cstdint>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// What the nodes of each HyperNode have and what of it is used, summed up. Kept in step with the
/// tables by their list of node changes, so that a placement costs as many additions as there are
/// domains around its node. Lives as long as the configuration.
class DomainSums {
 public:
  /// REQUIRES: before any question, and the same cluster each time.
  void use(const Cluster& cluster) { cluster_ = &cluster; }

  /// As of now. What is leaving is used, what is reserved is not. REQUIRES: the HyperNode exists.
  [[nodiscard]] const Resources& used(HyperNodeId hyper_node);
  [[nodiscard]] const Resources& allocatable(HyperNodeId hyper_node);

 private:
  void catch_up();
  void start_anew();
  /// Has the sums hold what is now true of a node instead of what they held of it.
  void count(NodeId node, const Resources& now, std::vector<Resources>& of_node, std::vector<Resources>& sums) const;

  const Cluster* cluster_ = nullptr;
  std::uint64_t topology_ = 0;                                 // whose domains these are; 0: nothing is summed up yet
  std::uint64_t seen_ = 0;                                     // node changes are in the sums up to this moment
  std::vector<Resources> used_of_node_, allocatable_of_node_;  // what is in the sums, by slot of the node
  std::vector<Resources> used_, allocatable_;                  // by slot of the HyperNode
};

}  // namespace basalt
