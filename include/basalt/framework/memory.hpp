#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "basalt/base/clock.hpp"

namespace basalt {

class Cluster;
class PlacementIndex;
class WaitingRoom;

/// What sessions of one configuration leave to the next, so that a cycle costs what has
/// changed: answers of terms (the placement index), and which jobs have nothing to hope for (the
/// waiting room). Without it every session places the same, slower. One thread.
class SessionMemory {
 public:
  SessionMemory();
  ~SessionMemory();
  SessionMemory(SessionMemory&&) noexcept;
  SessionMemory& operator=(SessionMemory&&) noexcept;

  /// From now on sessions on `cluster` use this memory; sessions on others do without.
  void attach(const Cluster& cluster);
  [[nodiscard]] bool is_of(const Cluster& cluster) const { return cluster_ == &cluster; }

  [[nodiscard]] PlacementIndex& index() { return *index_; }
  [[nodiscard]] const PlacementIndex& index() const { return *index_; }
  [[nodiscard]] WaitingRoom& waiting_room() { return *waiting_room_; }
  /// The next session looks at every job.
  void wake_all();
  /// When the next session should come though nothing changes.
  [[nodiscard]] std::optional<WallTime> deadline() const;
  /// Nodes asked by terms for the index, repetitions counted.
  [[nodiscard]] std::uint64_t rescored() const;

  /// Every how many placements the plain path is asked as well; 0: never.
  void verify_every(std::uint32_t placements) { verify_every_ = placements; }
  /// Whether this placement is one of those.
  [[nodiscard]] bool verifies_next();
  /// How often the two paths disagreed. The plain path's answer was used each time.
  [[nodiscard]] std::uint64_t mismatches() const { return mismatches_; }
  void count_mismatch() { ++mismatches_; }

 private:
  const Cluster* cluster_ = nullptr;
  std::unique_ptr<PlacementIndex> index_;
  std::unique_ptr<WaitingRoom> waiting_room_;
  std::uint32_t verify_every_ = 0;
  std::uint32_t until_verified_ = 0;
  std::uint64_t mismatches_ = 0;
};

}  // namespace basalt
