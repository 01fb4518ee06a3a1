#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace basalt {

/// Where the highest of many keys is: a tree over them, each of whose nodes knows the highest of the sixteen below. The
/// keys themselves are kept by the owner, side by side in memory. Changing one costs a look at those beside it on each
/// level, finding the highest the same; changing many costs each part of the tree once.
class Maxima {
 public:
  using Key = std::int64_t;
  static constexpr Key kLowest = std::numeric_limits<Key>::min();

  /// From now on over `count` keys, all of them the lowest.
  void reset(std::size_t count);
  /// The key at a position is another one.
  void note_change(std::size_t position) {
    const std::size_t part = position / kFanOut;
    if (std::exchange(is_stale_[part], std::uint16_t{1}) == 0) stale_.push_back(static_cast<std::uint32_t>(part));
  }
  /// Takes in what changed. REQUIRES: as many keys as were said.
  void settle(std::span<const Key> keys);

  /// The first position of the highest key. REQUIRES: settled with the same keys, and there are some.
  [[nodiscard]] std::size_t first_highest(std::span<const Key> keys) const;

  /// Memory held, about.
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kFanOut = 16;

  std::vector<std::vector<Key>> levels_;  // each over the one before, the first over the keys; the last is short
  std::vector<std::uint16_t> is_stale_;   // 0 or 1, by position in the first level
  std::vector<std::uint32_t> stale_, stale_above_;
};

}  // namespace basalt
