#include "framework/group_bests.hpp"

namespace basalt {

void GroupBests::forget(const NodeGroups& groups) {
  best_.assign(groups.size(), Best{});
  added_.assign(groups.size(), 0);
  adds_.assign(groups.domains().size(), 0);
  is_stale_.assign(groups.size(), 1);
  is_listed_.assign(groups.domains().size(), 0);
  stale_.clear();
  for (std::uint32_t group = 0; group < groups.size(); ++group) stale_.push_back(group);
}

void GroupBests::find_best(std::uint32_t group, std::span<const std::uint32_t> members, std::span<const Key> keys) {
  Best best;
  for (const std::uint32_t rank : members) {
    if (keys[rank] > best.key) best = {keys[rank], rank};
  }
  best_[group] = best;
}

std::span<const std::uint32_t> GroupBests::domains_around_stale(const NodeGroups& groups) {
  for (const std::uint32_t group : stale_) {
    for (const std::uint32_t domain : groups.domains_around(group)) {
      if (std::exchange(is_listed_[domain], std::uint8_t{1}) == 0) listed_.push_back(domain);
    }
  }
  return listed_;
}

void GroupBests::set_added(const NodeGroups& groups, std::uint32_t domain, Score now) {
  const Score more = now - std::exchange(adds_[domain], now);
  if (more == 0) return;
  for (const std::uint32_t group : groups.groups_in(domain)) added_[group] += more;
}

void GroupBests::clear_stale() {
  for (const std::uint32_t group : stale_) is_stale_[group] = 0;
  for (const std::uint32_t domain : listed_) is_listed_[domain] = 0;
  stale_.clear();
  listed_.clear();
}

std::uint32_t GroupBests::best() const {
  Key highest = kRefused;
  std::uint32_t rank = kNobody;
  for (std::size_t group = 0; group < best_.size(); ++group) {
    const Best& best = best_[group];
    if (best.key == kRefused) continue;
    const Key key = best.key + added_[group];
    if (key < highest || (key == highest && best.rank > rank)) continue;
    highest = key;
    rank = best.rank;
  }
  return rank;
}

std::size_t GroupBests::bytes() const {
  return best_.capacity() * sizeof(Best) + (added_.capacity() + adds_.capacity()) * sizeof(Score);
}

}  // namespace basalt
