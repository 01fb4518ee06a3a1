#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "basalt/framework/cluster.hpp"

namespace basalt {

/// The nodes of a cluster, sorted into classes of those that are alike (`Cluster::are_alike`): what a term that reads
/// amounts alone says of one of a class, it says of all. Gangs of equal pods on equal nodes leave equal nodes behind,
/// so that thousands of nodes are some hundred classes. Keeping up costs what changed since.
class NodeClasses {
 public:
  using Number = std::uint32_t;

  /// Takes in what changed since the last call. REQUIRES: the same cluster each time; the columns of plugins whose
  /// terms are asked about classes were there at the first call.
  void catch_up(const Cluster& cluster);

  /// The class of a node. Nodes of one class are alike; now and then nodes that are alike are in two. Numbers mean
  /// nothing but equality, and are given out again once a class is empty. REQUIRES: caught up; the node is among
  /// `Cluster::nodes_in_order`.
  [[nodiscard]] Number of(NodeId node) const { return number_of_[node.slot()]; }
  /// All numbers are below.
  [[nodiscard]] std::size_t numbers() const { return classes_.size(); }

 private:
  static constexpr std::size_t kMostLooks = 32;
  static constexpr Number kNone = std::numeric_limits<Number>::max();
  /// A node in the list of its class.
  struct Neighbours {
    NodeId next, previous;
  };
  struct Class {
    std::uint64_t likeness = 0;
    NodeId first;
  };
  void forget();
  void take_out(NodeId node);
  void put_in(const Cluster& cluster, NodeId node);
  Number class_like(const Cluster& cluster, NodeId node);
  void drop(Number number);

  std::uint64_t seen_ = 0, order_epoch_ = 0;  // 0: nothing yet
  std::vector<Number> number_of_;             // by slot of the node
  std::vector<Neighbours> neighbours_;        // the same; apart, since hardly anybody asks for them
  std::vector<Class> classes_;                // by number
  std::vector<Number> free_;
  std::unordered_multimap<std::uint64_t, Number> by_likeness_;
  std::vector<NodeId> changed_;
};

}  // namespace basalt
