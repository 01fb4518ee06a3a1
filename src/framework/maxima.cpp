#include "framework/maxima.hpp"

#include <algorithm>

namespace basalt {

void Maxima::reset(std::size_t count) {
  levels_.clear();
  do {
    count = (count + kFanOut - 1) / kFanOut;
    levels_.emplace_back(count, kLowest);
  } while (count > kFanOut);
  is_stale_.assign(levels_.front().size(), 0);
  stale_.clear();
}

void Maxima::settle(std::span<const Key> keys) {
  if (stale_.empty()) return;
  for (const std::uint32_t part : stale_) is_stale_[part] = 0;
  std::span<const Key> below = keys;
  for (std::vector<Key>& level : levels_) {
    stale_above_.clear();
    for (const std::uint32_t part : stale_) {
      Key highest = kLowest;
      for (const Key key : below.subspan(part * kFanOut, std::min(kFanOut, below.size() - part * kFanOut))) {
        highest = std::max(highest, key);
      }
      if (std::exchange(level[part], highest) == highest) continue;
      const auto above = static_cast<std::uint32_t>(part / kFanOut);
      // Neighbours mostly follow each other; a part that is looked at twice is no harm.
      if (stale_above_.empty() || stale_above_.back() != above) stale_above_.push_back(above);
    }
    stale_.swap(stale_above_);
    below = level;
  }
  stale_.clear();
}

std::size_t Maxima::first_highest(std::span<const Key> keys) const {
  const std::vector<Key>& top = levels_.back();
  auto position = static_cast<std::size_t>(std::max_element(top.begin(), top.end()) - top.begin());
  for (std::size_t level = levels_.size(); level-- > 0;) {
    const Key highest = levels_[level][position];
    const std::span<const Key> below = level == 0 ? keys : std::span<const Key>(levels_[level - 1]);
    position *= kFanOut;
    while (below[position] != highest) ++position;
  }
  return position;
}

std::size_t Maxima::bytes() const {
  std::size_t sum = is_stale_.capacity() * sizeof(std::uint16_t);
  for (const std::vector<Key>& level : levels_) sum += level.capacity() * sizeof(Key);
  return sum;
}

}  // namespace basalt
