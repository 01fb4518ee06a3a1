#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "embedded/store/object.hpp"

namespace basalt::embedded {

enum class EventType { added, modified, deleted };

/// As watches say it: "ADDED", "MODIFIED", "DELETED".
std::string_view to_string(EventType type);

/// One change of one object.
struct Event {
  EventType type = EventType::added;
  ObjectPtr object;    ///< after the change; of a deletion, the last state with the revision of the deletion
  ObjectPtr previous;  ///< before it; null when added
};

/// The recent changes of one kind, oldest first: what watches read and lists of the past are computed from. Keeps at
/// most `capacity` of them. Not thread-safe.
class EventLog {
 public:
  explicit EventLog(std::size_t capacity) : capacity_(capacity) {}

  void append(Event event);
  /// Forgets all events up to and including this revision.
  void compact(std::uint64_t revision);

  /// Changes after `revision` are known only if it is at least this.
  [[nodiscard]] std::uint64_t compacted_through() const { return compacted_through_; }
  /// Up to `limit` events after `revision`, oldest first. REQUIRES: revision >= compacted_through().
  [[nodiscard]] std::vector<Event> after(std::uint64_t revision, std::size_t limit) const;
  [[nodiscard]] std::size_t size() const { return events_.size(); }

 private:
  std::size_t capacity_;
  std::deque<Event> events_;
  std::uint64_t compacted_through_ = 0;
};

}  // namespace basalt::embedded
