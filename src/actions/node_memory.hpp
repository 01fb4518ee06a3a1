#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actions/change_reader.hpp"
#include "basalt/framework/cluster.hpp"

namespace basalt {

/// What makes something that is known of a node stale.
enum class Stale : std::uint8_t {
  at_once,             ///< it is asked for anew each time
  by_any_change,       ///< wherever
  by_its_jobs,         ///< a change of the node, or of a job that has tasks on it
  by_its_own_changes,  ///< a change of the node
};

/// Something known of every node, learnt when it is needed and forgotten when it is stale.
template <class T>
class NodeMemory {
 public:
  NodeMemory(const Cluster& cluster, Stale stale)
      : cluster_(&cluster), stale_(stale), cells_(cluster.nodes_in_order().size()), changes_(cluster) {}

  /// Forgets what is stale and learns what is not known of `among`: `learn(node)` gives it. How
  /// many nodes were learnt about.
  template <class Learn>
  std::size_t bring_up_to_date(std::span<const NodeId> among, Learn&& learn) {
    forget_stale();
    std::size_t learnt = 0;
    for (std::size_t i = 0; i < among.size() && unknown_ > 0; ++i) {
      const std::size_t rank = among.size() == cells_.size() ? i : cluster_->rank(among[i]);
      if (cells_[rank].has_value()) continue;
      cells_[rank] = learn(among[i]);
      --unknown_;
      ++learnt;
    }
    changes_.skip();  // what was tried meanwhile has been undone
    return learnt;
  }
  /// Takes no notice of what has changed up to now.
  void skip_changes() { changes_.skip(); }
  void forget_all() {
    for (auto& cell : cells_) cell.reset();
    unknown_ = cells_.size();
  }

  /// REQUIRES: brought up to date for it.
  [[nodiscard]] const T& operator[](NodeId node) const { return *cells_[cluster_->rank(node)]; }

 private:
  void forget_stale() {
    if (stale_ == Stale::at_once || (stale_ == Stale::by_any_change && !changes_.nothing_new())) {
      forget_all();
      return;
    }
    const auto forget = [&](NodeId node) {
      if (cluster_->nodes()[node].placeholder) return;
      std::optional<T>& cell = cells_[cluster_->rank(node)];
      unknown_ += cell.has_value() ? 1 : 0;
      cell.reset();
    };
    changes_.for_each_node(forget);
    if (stale_ == Stale::by_its_jobs) changes_.for_each_node_of_a_job(forget);
  }

  const Cluster* cluster_;
  Stale stale_;
  std::vector<std::optional<T>> cells_;
  std::size_t unknown_ = cells_.size();
  ChangeReader changes_;
};

}  // namespace basalt
