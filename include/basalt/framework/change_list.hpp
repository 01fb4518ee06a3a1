#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace basalt {

/// Which rows of a table changed since when. Every row is listed once, the one that changed
/// last first, so whoever kept up until moment t walks just the rows that changed after t,
/// however often each did. Moments count changes; they start at 1 and never repeat.
/// Not thread-safe.
class ChangeList {
 public:
  /// The moment of the last change; 0: there was none.
  [[nodiscard]] std::uint64_t now() const { return now_; }

  /// The row in `slot` changes now.
  void note(std::uint32_t slot) {
    if (slot >= entries_.size()) entries_.resize(slot + std::size_t{1});
    ++now_;
    if (newest_ != slot) {
      unlink(slot);
      Entry& entry = entries_[slot];
      entry.older = newest_;
      entry.newer = kNone;
      if (newest_ != kNone) entries_[newest_].newer = slot;
      newest_ = slot;
    }
    entries_[slot].changed = now_;
  }

  /// The row in `slot` is gone; it is no longer listed.
  void forget(std::uint32_t slot) {
    if (slot >= entries_.size()) return;
    if (newest_ == slot) newest_ = entries_[slot].older;
    unlink(slot);
    entries_[slot] = Entry{};
  }

  /// Calls `visit(slot)` for each row that changed after `moment`, in any order.
  template <class Visit>
  void for_each_after(std::uint64_t moment, Visit&& visit) const {
    // After many changes a pass over all rows in order of memory is faster than following a chain that jumps.
    if (now_ - moment > entries_.size() / kManyPart) {
      for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
        if (entries_[slot].changed > moment) visit(slot);
      }
      return;
    }
    for (std::uint32_t slot = newest_; slot != kNone && entries_[slot].changed > moment; slot = entries_[slot].older) {
      visit(slot);
    }
  }

 private:
  static constexpr std::uint64_t kManyPart = 8;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Entry {
    std::uint64_t changed = 0;
    std::uint32_t newer = kNone, older = kNone;
  };

  void unlink(std::uint32_t slot) {
    Entry& entry = entries_[slot];
    if (entry.newer != kNone) entries_[entry.newer].older = entry.older;
    if (entry.older != kNone) entries_[entry.older].newer = entry.newer;
    entry.newer = entry.older = kNone;
  }

  std::vector<Entry> entries_;
  std::uint32_t newest_ = kNone;
  std::uint64_t now_ = 0;
};

}  // namespace basalt
