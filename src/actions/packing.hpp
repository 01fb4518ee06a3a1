#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "basalt/model/resources.hpp"

/// Which tasks of several kinds fit on some nodes together: exactly, and on values alone.
namespace basalt {

/// Tasks with the same request that the same nodes accept.
struct PackingKind {
  Resources request;
  std::uint32_t tasks = 0;
};

struct PackingNode {
  Resources room;
  std::vector<bool> accepts;  ///< by kind, room aside
};

/// Tasks by kind.
using PackingCounts = std::vector<std::uint32_t>;

/// Every way to pack that is worth looking at: none of them places fewer tasks of each kind than another. For tasks of
/// one kind there is one way, for two a line of them, for three a plane, and of eight tasks, whatever their kinds, at
/// most 70; beyond that their number may grow out of hand.
class Packing {
 public:
  /// The most work that is done: steps of the order of some nanoseconds.
  static constexpr std::uint64_t kSteps = std::uint64_t{1} << 22U;

  /// REQUIRES: arguments outlive it.
  Packing(const std::vector<PackingKind>& kinds, const std::vector<PackingNode>& nodes, std::uint64_t steps = kSteps);

  /// False: there was too much to look at, and there are no ways.
  [[nodiscard]] bool is_complete() const { return is_complete_; }
  /// How many tasks of each kind have a place, by way: those with most tasks first, then as found.
  [[nodiscard]] const std::vector<PackingCounts>& ways() const { return ways_; }
  /// What one way puts on each node.
  [[nodiscard]] std::vector<PackingCounts> loads(std::size_t way) const;

 private:
  /// Tasks that have a place on the nodes so far.
  struct Partial {
    PackingCounts counts;
    std::size_t from = 0;  // the partial of the layer before
  };
  using Layer = std::vector<Partial>;

  bool spend(std::uint64_t steps);
  bool fill_layers();
  bool list_loads(std::size_t node, std::size_t kind, PackingCounts& load, Resources room,
                  std::vector<PackingCounts>& loads);
  bool extend(const std::vector<PackingCounts>& loads);
  [[nodiscard]] bool has_all() const;

  const std::vector<PackingKind>& kinds_;
  const std::vector<PackingNode>& nodes_;
  std::uint64_t steps_left_;
  bool is_complete_ = false;
  std::vector<Layer> layers_;            // one a node that was of use, after the one for none
  std::vector<std::size_t> layer_node_;  // the node of each layer but the first
  std::vector<PackingCounts> ways_;
  std::vector<std::size_t> way_partial_;  // in the last layer
};

}  // namespace basalt
