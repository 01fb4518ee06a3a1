#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/base/id.hpp"
#include "basalt/model/resources.hpp"

namespace basalt {

/// Folds bytes into a running hash (FNV-1a, 64 bit): for fingerprints and digests, never
/// for security.
[[nodiscard]] inline std::uint64_t fold_bytes(std::uint64_t hash, const void* bytes, std::size_t size) {
  const auto* byte = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ byte[i]) * 0x100000001b3ULL;
  return hash;
}
inline constexpr std::uint64_t kEmptyHash = 0xcbf29ce484222325ULL;

class UndoLog;

/// What the undo log needs of a column: to put a saved cell back, and to be hashed.
class ColumnBase {
 public:
  virtual ~ColumnBase() = default;
  /// Restores the cell from the bytes that `save` wrote.
  virtual void restore(std::uint32_t slot, const std::byte* saved) = 0;
  /// Hash of all cells, the same for equal contents.
  [[nodiscard]] virtual std::uint64_t fingerprint() const = 0;
  /// Makes room for slots below `slots`, with default values.
  virtual void grow(std::uint32_t slots) = 0;
  /// Sets a cell back to its default: the row in this slot is new.
  virtual void clear(std::uint32_t slot) = 0;
};

/// Saved cells, newest last. While a mark is held, every cell is saved before it is first edited
/// after the newest mark, and `rollback` puts the saved values back (never computes an inverse),
/// so undoing is exact. What is saved stays where it is, in pieces of memory that are used again: nothing
/// is copied when the log grows. Not thread-safe.
class UndoLog {
 public:
  /// A position to roll back to.
  struct Mark {
    std::size_t entries = 0;
    std::size_t used = 0;
    bool operator==(const Mark&) const = default;
  };

  /// From here on edits are saved; marks nest. Each `open` needs one `close`.
  Mark open() {
    ++open_;
    return mark();
  }
  /// Forgets a mark; with the last one gone the log is emptied and edits are final.
  void close() {
    BASALT_CHECK(open_ > 0, "close without open");
    if (--open_ > 0) return;
    entries_ = used_ = 0;
    last_ = nullptr;
  }
  [[nodiscard]] bool is_open() const { return open_ > 0; }
  [[nodiscard]] Mark mark() {
    ++epoch_;
    return Mark{entries_, used_};
  }
  /// A number that is new after every mark and roll-back: a cell that was saved under it need
  /// not be saved again.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

  /// Puts every cell saved since `mark` back, newest first, and calls `restored(column, slot)`
  /// for each.
  template <class Restored>
  void rollback(Mark mark, Restored&& restored) {
    BASALT_CHECK(mark.entries <= entries_, "rollback to a mark of another transaction");
    ++epoch_;
    for (; entries_ > mark.entries; --entries_) {
      const Entry& entry = *last_;
      entry.column->restore(entry.slot, reinterpret_cast<const std::byte*>(last_ + 1));
      restored(entry.column, entry.slot);
      last_ = entry.before;
    }
    used_ = mark.used;
  }

  /// Space for `size` bytes of a cell that is about to change, a few thousand at most.
  std::byte* save(ColumnBase* column, std::uint32_t slot, std::size_t size) {
    last_ = ::new (take(sizeof(Entry) + size)) Entry{column, last_, slot};
    ++entries_;
    return reinterpret_cast<std::byte*>(last_ + 1);
  }

 private:
  /// What is saved of the cell follows it.
  struct Entry {
    ColumnBase* column;
    Entry* before;  // the one saved before this one
    std::uint32_t slot;
  };
  static constexpr std::size_t kPiece = std::size_t{1} << 20U;

  std::byte* take(std::size_t size) {
    size = (size + alignof(Entry) - 1) / alignof(Entry) * alignof(Entry);
    BASALT_CHECK(size <= kPiece, "a cell of more than a mebibyte");
    if (used_ % kPiece + size > kPiece) used_ = (used_ / kPiece + 1) * kPiece;
    const std::size_t piece = used_ / kPiece;
    if (piece == pieces_.size()) pieces_.push_back(std::make_unique_for_overwrite<std::byte[]>(kPiece));
    return pieces_[piece].get() + std::exchange(used_, used_ + size) % kPiece;
  }

  std::vector<std::unique_ptr<std::byte[]>> pieces_;
  std::size_t used_ = 0;  // bytes of all pieces together, those left free at the end of a piece included
  std::size_t entries_ = 0;
  Entry* last_ = nullptr;
  std::uint64_t epoch_ = 1;
  int open_ = 0;
};

/// How a cell is saved. By default as its bytes; `Resources` keeps only the kinds in use,
/// since most clusters know five of thirty-two.
template <class T>
struct CellCodec {
  static_assert(std::is_trivially_copyable_v<T>, "cells are saved as bytes");
  static std::size_t size(const T&) { return sizeof(T); }
  static void save(const T& cell, std::byte* out) { std::memcpy(out, &cell, sizeof(T)); }
  static void restore(T& cell, const std::byte* in) { std::memcpy(&cell, in, sizeof(T)); }
  static std::uint64_t fold(std::uint64_t hash, const T& cell) { return fold_bytes(hash, &cell, sizeof(T)); }
  static bool are_equal(const T& left, const T& right) { return std::memcmp(&left, &right, sizeof(T)) == 0; }
};

template <>
struct CellCodec<Resources> {
  static std::size_t size(const Resources& cell) { return sizeof(std::int64_t) * (cell.width() + std::size_t{1}); }
  static void save(const Resources& cell, std::byte* out) {
    const std::int64_t width = cell.width();
    std::memcpy(out, &width, sizeof width);
    for (Dimension kind = 0; kind < cell.width(); ++kind) {
      const std::int64_t amount = cell[kind];
      std::memcpy(out + sizeof amount * (kind + std::size_t{1}), &amount, sizeof amount);
    }
  }
  static void restore(Resources& cell, const std::byte* in) {
    std::int64_t width = 0;
    std::memcpy(&width, in, sizeof width);
    Resources saved;
    for (Dimension kind = 0; kind < static_cast<Dimension>(width); ++kind) {
      std::int64_t amount = 0;
      std::memcpy(&amount, in + sizeof amount * (kind + std::size_t{1}), sizeof amount);
      saved.set(kind, amount);
    }
    cell = saved;
  }
  static std::uint64_t fold(std::uint64_t hash, const Resources& cell) {
    for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
      const std::int64_t amount = cell[kind];
      if (amount != 0) hash = fold_bytes(fold_bytes(hash, &kind, sizeof kind), &amount, sizeof amount);
    }
    return hash;
  }
  static bool are_equal(const Resources& left, const Resources& right) { return left == right; }
};

/// A column whose cells can be compared, whatever is in them.
class ComparableColumn : public ColumnBase {
 public:
  /// Whether two cells are the same, byte for byte where they are saved as bytes.
  [[nodiscard]] virtual bool are_equal(std::uint32_t left, std::uint32_t right) const = 0;
};

/// One changing property of every row of a table, in an array of its own. Read freely;
/// change only through `edit`, which saves the old value while a transaction is open.
template <class Tag, class T>
class Column final : public ComparableColumn {
 public:
  explicit Column(UndoLog& log) : log_(log) {}
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  /// REQUIRES: the row exists.
  [[nodiscard]] const T& operator[](Id<Tag> id) const { return cells_[id.slot()]; }

  /// The cell, to be changed now: the reference is good until the column grows.
  [[nodiscard]] T& edit(Id<Tag> id) {
    T& cell = cells_[id.slot()];
    if (log_.is_open() && saved_in_[id.slot()] != log_.epoch()) {
      saved_in_[id.slot()] = log_.epoch();
      CellCodec<T>::save(cell, log_.save(this, id.slot(), CellCodec<T>::size(cell)));
    }
    return cell;
  }

  void restore(std::uint32_t slot, const std::byte* saved) override { CellCodec<T>::restore(cells_[slot], saved); }
  [[nodiscard]] std::uint64_t fingerprint() const override {
    std::uint64_t hash = kEmptyHash;
    for (const T& cell : cells_) hash = CellCodec<T>::fold(hash, cell) * 31 + 7;
    return hash;
  }
  void grow(std::uint32_t slots) override {
    if (slots <= cells_.size()) return;
    cells_.resize(slots);
    saved_in_.resize(slots);
  }
  void clear(std::uint32_t slot) override { cells_[slot] = T{}; }
  [[nodiscard]] bool are_equal(std::uint32_t left, std::uint32_t right) const override {
    return CellCodec<T>::are_equal(cells_[left], cells_[right]);
  }

 private:
  UndoLog& log_;
  std::vector<T> cells_;
  std::vector<std::uint64_t> saved_in_;  // by slot: the log's epoch when the cell was last saved
};

}  // namespace basalt
