#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace basalt::adapter {

/// A map that holds the `capacity` most recently used keys and forgets the rest. Not thread-safe.
template <class T>
class RecentMap {
 public:
  /// REQUIRES: capacity > 0.
  explicit RecentMap(std::size_t capacity) : capacity_(capacity) {}

  /// The value of a key, or nullptr. It counts as a use.
  T* find(std::string_view key) {
    const auto known = places_.find(key);
    if (known == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, known->second);
    return &known->second->second;
  }

  /// The value of a key, default constructed if it was not known. It counts as a use. The reference lives until
  /// another key is added.
  T& operator[](const std::string& key) {
    if (T* known = find(key)) return *known;
    if (entries_.size() == capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, T{});
    places_.emplace(entries_.front().first, entries_.begin());
    return entries_.front().second;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, T>>;
  std::size_t capacity_;
  Entries entries_;  // most recently used first; stable addresses: the keys below point into it
  std::unordered_map<std::string_view, typename Entries::iterator> places_;
};

}  // namespace basalt::adapter
