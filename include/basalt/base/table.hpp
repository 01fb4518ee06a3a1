#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/base/id.hpp"

namespace basalt {

/// Rows with stable ids. A slot is used again after `erase`, with a new generation.
/// Iteration is in slot order, which depends on history: use it only where order
/// cannot matter. Not thread-safe.
template <class Tag, class T>
class Table {
 public:
  using IdType = Id<Tag>;

  IdType insert(T row) {
    ++size_;
    if (free_.empty()) {
      rows_.push_back(std::move(row));
      tags_.push_back(tag_of(0));
      return IdType(slots() - 1, 0);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    rows_[slot] = std::move(row);
    tags_[slot] |= kTaken;
    return id_in(slot);
  }

  /// REQUIRES: `contains(id)`.
  void erase(IdType id) {
    BASALT_CHECK(contains(id), "erase of a row that does not exist");
    rows_[id.slot()].reset();
    tags_[id.slot()] = tag_of(id.generation() + 1) & ~kTaken;
    free_.push_back(id.slot());
    --size_;
  }

  [[nodiscard]] bool contains(IdType id) const {
    return id && id.slot() < tags_.size() && tags_[id.slot()] == tag_of(id.generation());
  }
  [[nodiscard]] const T* find(IdType id) const { return contains(id) ? &*rows_[id.slot()] : nullptr; }
  [[nodiscard]] T* find(IdType id) { return contains(id) ? &*rows_[id.slot()] : nullptr; }

  /// REQUIRES: `contains(id)`.
  [[nodiscard]] const T& operator[](IdType id) const {
    BASALT_CHECK(contains(id), "no row with this id");
    return *rows_[id.slot()];
  }
  [[nodiscard]] T& operator[](IdType id) {
    BASALT_CHECK(contains(id), "no row with this id");
    return *rows_[id.slot()];
  }

  /// Rows that exist.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Slots ever used: what a column must have room for.
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(rows_.size()); }

  /// The id of the row that is in a slot. REQUIRES: there is one.
  [[nodiscard]] IdType id_in(std::uint32_t slot) const {
    BASALT_CHECK(is_taken(slot), "no row in this slot");
    return IdType(slot, tags_[slot] >> 1U);
  }

  /// The same, or none.
  [[nodiscard]] IdType id_at(std::uint32_t slot) const { return is_taken(slot) ? id_in(slot) : IdType{}; }

  /// Calls `visit(id, row)` for every row, in slot order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t slot = 0; slot < rows_.size(); ++slot) {
      if (is_taken(slot)) visit(id_in(slot), *rows_[slot]);
    }
  }

 private:
  static constexpr std::uint32_t kTaken = 1;
  /// Twice the generation, and one more while there is a row.
  static constexpr std::uint32_t tag_of(std::uint32_t generation) { return generation << 1U | kTaken; }
  [[nodiscard]] bool is_taken(std::uint32_t slot) const { return slot < tags_.size() && (tags_[slot] & kTaken) != 0; }

  std::vector<std::optional<T>> rows_;
  std::vector<std::uint32_t> tags_;  // by slot; beside the rows, so that naming a row does not load it
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace basalt
