#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// The nodes of a cluster told apart by the HyperNodes around them: those with the same ones are a group, so that what
/// HyperNodes say of a node they say of its group. HyperNodes that are around every group tell none apart, and are left
/// out.
class NodeGroups {
 public:
  /// Takes in the topology as it is. REQUIRES: the same cluster each time.
  void catch_up(const Cluster& cluster);
  /// Which topology the groups are of; 0: none yet.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  /// `rank`: of a node, among `Cluster::nodes_in_order`.
  [[nodiscard]] std::uint32_t group_of(std::uint32_t rank) const { return group_of_[rank]; }
  /// Ranks, lowest first.
  [[nodiscard]] std::span<const std::uint32_t> members(std::uint32_t group) const { return members_[group]; }
  /// The HyperNodes that tell groups apart: their number is their position.
  [[nodiscard]] std::span<const HyperNodeId> domains() const { return domains_; }
  /// By number.
  [[nodiscard]] std::span<const std::uint32_t> domains_around(std::uint32_t group) const { return around_[group]; }
  [[nodiscard]] std::span<const std::uint32_t> groups_in(std::uint32_t domain) const { return groups_[domain]; }

 private:
  std::uint64_t epoch_ = 0;
  std::vector<std::uint32_t> group_of_;              // by rank
  std::vector<std::vector<std::uint32_t>> members_;  // by group
  std::vector<std::vector<std::uint32_t>> around_;   // by group
  std::vector<HyperNodeId> domains_;
  std::vector<std::vector<std::uint32_t>> groups_;  // by domain
};

}  // namespace basalt
