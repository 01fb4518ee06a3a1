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
    if (free_.empty()) {
      slots_.push_back(Slot{0, std::move(row)});
      ++size_;
      return IdType(static_cast<std::uint32_t>(slots_.size() - 1), 0);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot].row = std::move(row);
    ++size_;
    return IdType(slot, slots_[slot].generation);
  }

  /// REQUIRES: `contains(id)`.
  void erase(IdType id) {
    BASALT_CHECK(contains(id), "erase of a row that does not exist");
    Slot& slot = slots_[id.slot()];
    slot.row.reset();
    ++slot.generation;
    free_.push_back(id.slot());
    --size_;
  }

  [[nodiscard]] bool contains(IdType id) const {
    return id && id.slot() < slots_.size() && slots_[id.slot()].generation == id.generation() &&
           slots_[id.slot()].row.has_value();
  }
  [[nodiscard]] const T* find(IdType id) const { return contains(id) ? &*slots_[id.slot()].row : nullptr; }
  [[nodiscard]] T* find(IdType id) { return contains(id) ? &*slots_[id.slot()].row : nullptr; }

  /// REQUIRES: `contains(id)`.
  [[nodiscard]] const T& operator[](IdType id) const {
    BASALT_CHECK(contains(id), "no row with this id");
    return *slots_[id.slot()].row;
  }
  [[nodiscard]] T& operator[](IdType id) {
    BASALT_CHECK(contains(id), "no row with this id");
    return *slots_[id.slot()].row;
  }

  /// Rows that exist.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Slots ever used: what a column must have room for.
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(slots_.size()); }

  /// The id of the row that is in a slot. REQUIRES: there is one.
  [[nodiscard]] IdType id_in(std::uint32_t slot) const {
    BASALT_CHECK(slot < slots_.size() && slots_[slot].row.has_value(), "no row in this slot");
    return IdType(slot, slots_[slot].generation);
  }

  /// The same, or none.
  [[nodiscard]] IdType id_at(std::uint32_t slot) const {
    return slot < slots_.size() && slots_[slot].row.has_value() ? IdType(slot, slots_[slot].generation) : IdType{};
  }

  /// Calls `visit(id, row)` for every row, in slot order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].row) visit(IdType(slot, slots_[slot].generation), *slots_[slot].row);
    }
  }

 private:
  struct Slot {
    std::uint32_t generation = 0;
    std::optional<T> row;
  };

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace basalt
