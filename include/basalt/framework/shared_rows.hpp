#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "basalt/base/check.hpp"
#include "basalt/base/table.hpp"

namespace basalt {

/// Rows that many others share: equal values get one id, counted by its users, and the row
/// goes with the last of them. So what a thousand pods of one template have in common is kept
/// and compared once. `hash_of(const T&)` is found beside T and must be equal for equal values.
/// A row with a member `own` learns its id. Not thread-safe.
template <class Tag, class T>
class SharedRows {
 public:
  [[nodiscard]] const Table<Tag, T>& rows() const { return rows_; }
  /// REQUIRES: the row has users.
  [[nodiscard]] std::uint32_t users(Id<Tag> id) const { return uses_.at(id).users; }

  /// The id of an equal row, made if need be; the caller is one more user of it.
  Id<Tag> take(T row) {
    const std::uint64_t hash = hash_of(row);
    const auto [begin, end] = by_hash_.equal_range(hash);
    for (auto entry = begin; entry != end; ++entry) {
      if (rows_[entry->second] == row) {
        ++uses_[entry->second].users;
        return entry->second;
      }
    }
    const Id<Tag> id = rows_.insert(std::move(row));
    if constexpr (requires { rows_[id].own.id; }) rows_[id].own.id = id;
    by_hash_.emplace(hash, id);
    uses_[id] = Use{hash, 1};
    return id;
  }

  /// One user fewer. REQUIRES: the row has users.
  void release(Id<Tag> id) {
    const auto use = uses_.find(id);
    BASALT_CHECK(use != uses_.end(), "release of a shared row that nobody uses");
    if (--use->second.users > 0) return;
    const auto [begin, end] = by_hash_.equal_range(use->second.hash);
    for (auto entry = begin; entry != end; ++entry) {
      if (entry->second == id) {
        by_hash_.erase(entry);
        break;
      }
    }
    uses_.erase(use);
    rows_.erase(id);
  }

 private:
  struct Use {
    std::uint64_t hash = 0;
    std::uint32_t users = 0;
  };

  Table<Tag, T> rows_;
  std::unordered_multimap<std::uint64_t, Id<Tag>> by_hash_;
  std::unordered_map<Id<Tag>, Use> uses_;
};

}  // namespace basalt
