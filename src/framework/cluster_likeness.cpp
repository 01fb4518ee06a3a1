#include <algorithm>

#include "basalt/framework/cluster.hpp"

namespace basalt {
namespace {

/// Whole words at a time; the order of the words counts.
std::uint64_t mixed(std::uint64_t hash, std::int64_t word) {
  hash = (hash ^ static_cast<std::uint64_t>(word)) * 0x9e3779b97f4a7c15ULL;
  return hash ^ hash >> 32U;
}

bool are_equal(const NodeAmounts& left, const NodeAmounts& right) {
  return left.used == right.used && left.allocatable == right.allocatable && left.releasing == right.releasing &&
         left.pipelined == right.pipelined;
}

}  // namespace

bool Cluster::are_alike(NodeId left, NodeId right) const {
  if (!are_equal(amounts(left), amounts(right)) || is_countable(left) != is_countable(right)) return false;
  if (schema_.size() > NodeAmounts::kKinds) {
    const bool are_equal_beyond = used_[left] == used_[right] && releasing_[left] == releasing_[right] &&
                                  pipelined_[left] == pipelined_[right] &&
                                  nodes_[left].allocatable == nodes_[right].allocatable;
    if (!are_equal_beyond) return false;
  }
  return std::all_of(plugin_node_columns_.begin(), plugin_node_columns_.end(),
                     [&](const auto& column) { return column->are_equal(left.slot(), right.slot()); });
}

std::uint64_t Cluster::likeness(NodeId node) const {
  const NodeAmounts& common = amounts(node);
  std::uint64_t hash = mixed(kEmptyHash, is_countable(node) ? 1 : 0);
  for (Dimension kind = 0; kind < NodeAmounts::kKinds; ++kind) {
    for (const auto* amount : {&common.allocatable, &common.used, &common.releasing, &common.pipelined}) {
      hash = mixed(hash, (*amount)[kind]);
    }
  }
  for (Dimension kind = NodeAmounts::kKinds; kind < schema_.size(); ++kind) {
    const std::int64_t amounts[] = {allocatable(node, kind), used(node, kind), releasing(node, kind),
                                    pipelined(node, kind)};
    for (const std::int64_t amount : amounts) hash = mixed(hash, amount);
  }
  return hash;
}

}  // namespace basalt
