#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace basalt {

/// Names a row of a `Table<Tag, T>`. Opaque: a slot number and the generation of the
/// row that is in the slot, so that the id of an erased row is never mistaken for its
/// successor's. There is no order on ids: order is a property of rows (their rank).
/// Default constructed: names nothing.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr Id(std::uint32_t slot, std::uint32_t generation) : slot_(slot), generation_(generation) {}

  /// Position in columns. REQUIRES: the id names a row.
  [[nodiscard]] constexpr std::uint32_t slot() const { return slot_; }
  [[nodiscard]] constexpr std::uint32_t generation() const { return generation_; }
  explicit constexpr operator bool() const { return slot_ != kNone; }
  constexpr bool operator==(const Id&) const = default;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t slot_ = kNone;
  std::uint32_t generation_ = 0;
};

}  // namespace basalt

template <class Tag>
struct std::hash<basalt::Id<Tag>> {
  std::size_t operator()(const basalt::Id<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}((std::uint64_t{id.generation()} << 32U) | id.slot());
  }
};
