#include "embedded/store/event_log.hpp"

#include <algorithm>

namespace basalt::embedded {

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::added: return "ADDED";
    case EventType::modified: return "MODIFIED";
    case EventType::deleted: return "DELETED";
  }
  return "";
}

void EventLog::append(Event event) {
  events_.push_back(std::move(event));
  while (events_.size() > capacity_) {
    compacted_through_ = events_.front().object->revision;
    events_.pop_front();
  }
}

void EventLog::compact(std::uint64_t revision) {
  compacted_through_ = std::max(compacted_through_, revision);
  while (!events_.empty() && events_.front().object->revision <= revision) events_.pop_front();
}

std::vector<Event> EventLog::after(std::uint64_t revision, std::size_t limit) const {
  const auto first =
      std::upper_bound(events_.begin(), events_.end(), revision,
                       [](std::uint64_t wanted, const Event& event) { return wanted < event.object->revision; });
  const auto available = static_cast<std::size_t>(events_.end() - first);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(limit, available))};
}

}  // namespace basalt::embedded
