#pragma once

#include <cstdint>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// What the nodes of each HyperNode have and what of it is used, summed up. Kept in step with the
/// tables by their list of node changes, so that a placement costs as many additions as there are
/// domains around its node. Lives for one session.
class DomainSums {
 public:
  /// `cluster` must outlive this.
  explicit DomainSums(const Cluster& cluster) : cluster_(cluster) {}

  /// As of now. What is leaving is used, what is reserved is not. REQUIRES: the HyperNode exists.
  [[nodiscard]] const Resources& used(HyperNodeId hyper_node);
  [[nodiscard]] const Resources& allocatable(HyperNodeId hyper_node);

 private:
  void catch_up();

  const Cluster& cluster_;
  bool is_filled_ = false;
  std::uint64_t seen_ = 0;                     // node changes are in the sums up to this moment
  std::vector<Resources> of_node_;             // use that is in the sums, by slot of the node
  std::vector<Resources> used_, allocatable_;  // by slot of the HyperNode
};

}  // namespace basalt
