#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "basalt/framework/cluster.hpp"
#include "framework/spec_index.hpp"

namespace basalt {

/// Which of a batch of nodes will be short of what, and which have all of it already.
struct Shortages {
  static constexpr std::size_t kMost = 128;  // nodes
  // Not bytes: those might be part of anything, as far as a compiler knows, and what is around them be read again.
  std::array<std::uint16_t, kMost> need;     // the first need that is not met; their number: none
  std::array<std::uint16_t, kMost> has_now;  // 0 or 1

  Shortages(const Cluster& cluster, std::span<const NodeId> nodes, std::span<const IndexWorkspace::Need> needs) {
    std::fill_n(need.begin(), nodes.size(), static_cast<std::uint16_t>(needs.size()));
    std::fill_n(has_now.begin(), nodes.size(), std::uint16_t{1});
    for (std::size_t i = needs.size(); i-- > 0;) {  // from the last, so that the first stays
      if (const Dimension kind = needs[i].kind; kind < NodeAmounts::kKinds) {
        hold_against(nodes, i, needs[i].amount, [&](NodeId node) {
          const NodeAmounts& amounts = cluster.amounts(node);
          const std::int64_t idle = amounts.allocatable[kind] - amounts.used[kind];
          return Room{idle, idle + amounts.releasing[kind] - amounts.pipelined[kind]};
        });
      } else {
        hold_against(nodes, i, needs[i].amount, [&](NodeId node) {
          return Room{cluster.idle(node, kind), cluster.future_idle(node, kind)};
        });
      }
    }
  }

 private:
  struct Room {
    std::int64_t now, later;
  };

  template <class RoomOf>
  void hold_against(std::span<const NodeId> nodes, std::size_t number, std::int64_t amount, RoomOf&& room_of) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Room room = room_of(nodes[i]);
      need[i] = amount > room.later ? static_cast<std::uint16_t>(number) : need[i];
      has_now[i] &= static_cast<std::uint16_t>(amount <= room.now);
    }
  }
};

}  // namespace basalt
