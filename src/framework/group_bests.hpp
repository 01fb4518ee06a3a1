#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "basalt/framework/terms.hpp"
#include "framework/maxima.hpp"
#include "framework/node_groups.hpp"

namespace basalt {

/// The best node where HyperNodes add to what nodes have: the best of each group, and what the HyperNodes around it add
/// to all of its members. Asking again costs the groups and HyperNodes that changed since, and finding the best a look
/// at every group.
class GroupBests {
 public:
  /// Orders nodes; `kRefused`: cannot be taken. What HyperNodes add never changes the sign of others.
  using Key = Maxima::Key;
  static constexpr Key kRefused = Maxima::kLowest;

  /// Everything is to be asked anew, of these groups from now on.
  void forget(const NodeGroups& groups);
  /// A node of the group has another key, or the HyperNodes around it may have changed.
  void group_changed(std::uint32_t group) {
    if (std::exchange(is_stale_[group], std::uint8_t{1}) == 0) stale_.push_back(group);
  }
  /// Asks what changed: `keys` by rank, `added_by(HyperNodeId)` what a HyperNode adds.
  template <class AddedBy>
  void catch_up(const NodeGroups& groups, std::span<const Key> keys, AddedBy&& added_by) {
    for (const std::uint32_t group : stale_) find_best(group, groups.members(group), keys);
    for (const std::uint32_t domain : domains_around_stale(groups)) {
      set_added(groups, domain, added_by(groups.domains()[domain]));
    }
    clear_stale();
  }

  /// What is added to the members of a group; up to a constant that is the same for all groups.
  [[nodiscard]] Score added(std::uint32_t group) const { return added_[group]; }
  /// The rank of the highest, the first of equals; `kNobody`: all are refused. REQUIRES: caught up.
  [[nodiscard]] std::uint32_t best() const;
  static constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

  /// Memory held, about.
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Best {
    Key key = kRefused;
    std::uint32_t rank = 0;
  };
  void find_best(std::uint32_t group, std::span<const std::uint32_t> members, std::span<const Key> keys);
  std::span<const std::uint32_t> domains_around_stale(const NodeGroups& groups);
  void set_added(const NodeGroups& groups, std::uint32_t domain, Score now);
  void clear_stale();

  std::vector<Best> best_;                          // by group
  std::vector<Score> added_;                        // by group
  std::vector<Score> adds_;                         // by domain
  std::vector<std::uint8_t> is_stale_, is_listed_;  // by group, by domain: 0 or 1
  std::vector<std::uint32_t> stale_, listed_;
};

}  // namespace basalt
