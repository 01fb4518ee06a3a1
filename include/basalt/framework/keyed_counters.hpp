#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/framework/column.hpp"

namespace basalt {

/// Groups of counters by key, most of which are zero and take no room: "pods with app=web, by
/// zone". A column of the tables like others: saved and restored with every transaction, and
/// part of the fingerprint. Made by `Cluster::add_counters`. Not thread-safe.
class KeyedCounters final : public ColumnBase {
 public:
  using Group = std::uint32_t;
  using Key = std::uint32_t;  ///< below the largest 32-bit number

  explicit KeyedCounters(UndoLog& log) : log_(log) {}
  KeyedCounters(const KeyedCounters&) = delete;
  KeyedCounters& operator=(const KeyedCounters&) = delete;

  /// A new group, all zero. Groups come and go between cycles only.
  Group add_group() {
    BASALT_CHECK(!log_.is_open(), "groups of counters are added between cycles only");
    if (free_.empty()) {
      groups_.emplace_back();
      return static_cast<Group>(groups_.size() - 1);
    }
    const Group group = free_.back();
    free_.pop_back();
    return group;
  }
  /// Forgets a group; its number may be given out again.
  void drop_group(Group group) {
    BASALT_CHECK(!log_.is_open(), "groups of counters are dropped between cycles only");
    groups_[group] = Counters{};
    free_.push_back(group);
  }

  [[nodiscard]] std::int64_t get(Group group, Key key) const {
    const Counters& counters = groups_[group];
    if (counters.entries.empty()) return 0;
    const Entry& entry = counters.entries[place_of(counters, key)];
    return entry.key == key ? entry.amount : 0;
  }
  /// Keys whose counter is not zero.
  [[nodiscard]] std::size_t counted(Group group) const { return groups_[group].counted; }

  void add(Group group, Key key, std::int64_t amount) {
    const std::int64_t before = get(group, key);
    if (log_.is_open()) {
      const Entry saved{key, before};
      std::memcpy(log_.save(this, group, sizeof saved), &saved, sizeof saved);
    }
    set(group, key, before + amount);
  }

  void restore(std::uint32_t slot, const std::byte* saved) override {
    Entry entry;
    std::memcpy(&entry, saved, sizeof entry);
    set(slot, entry.key, entry.amount);
  }
  /// Zeros do not count, nor where in memory an entry is.
  [[nodiscard]] std::uint64_t fingerprint() const override {
    std::uint64_t hash = kEmptyHash;
    for (const Counters& counters : groups_) {
      std::uint64_t sum = 0;
      for (const Entry& entry : counters.entries) {
        if (entry.key == kNoKey || entry.amount == 0) continue;
        sum += fold_bytes(fold_bytes(kEmptyHash, &entry.key, sizeof entry.key), &entry.amount, sizeof entry.amount);
      }
      hash = std::rotl(hash, 5) ^ sum;
    }
    return hash;
  }
  void grow(std::uint32_t) override {}
  void clear(std::uint32_t) override {}

 private:
  static constexpr Key kNoKey = std::numeric_limits<Key>::max();
  struct Entry {
    Key key = kNoKey;
    std::int64_t amount = 0;
  };
  /// Open addressing, a power of two of places; entries that fell to zero stay until it grows.
  struct Counters {
    std::vector<Entry> entries;
    std::size_t taken = 0;
    std::size_t counted = 0;
  };

  /// Where a key is, or would be.
  static std::size_t place_of(const Counters& counters, Key key) {
    const std::size_t mask = counters.entries.size() - 1;
    std::size_t place = (key * std::size_t{0x9e3779b1U} >> 7U) & mask;
    while (counters.entries[place].key != key && counters.entries[place].key != kNoKey) place = (place + 1) & mask;
    return place;
  }
  void set(Group group, Key key, std::int64_t amount) {
    Counters& counters = groups_[group];
    if ((counters.taken + 1) * 4 > counters.entries.size() * 3) make_room(counters);
    Entry& entry = counters.entries[place_of(counters, key)];
    if (entry.key == kNoKey) {
      entry.key = key;
      ++counters.taken;
    }
    if (entry.amount == 0 && amount != 0) ++counters.counted;
    if (entry.amount != 0 && amount == 0) --counters.counted;
    entry.amount = amount;
  }
  static void make_room(Counters& counters) {
    std::vector<Entry> before(std::bit_ceil((counters.counted + 4) * 2));
    before.swap(counters.entries);
    counters.taken = 0;
    for (const Entry& entry : before) {
      if (entry.key == kNoKey || entry.amount == 0) continue;
      counters.entries[place_of(counters, entry.key)] = entry;
      ++counters.taken;
    }
  }

  UndoLog& log_;
  std::vector<Counters> groups_;
  std::vector<Group> free_;
};

}  // namespace basalt
