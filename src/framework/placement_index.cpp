#include "framework/placement_index.hpp"

#include <algorithm>

namespace basalt {

void PlacementIndex::open(const TermsInForce& terms) {
  terms_ = &terms;
  ++session_;
}

const SpecIndex& PlacementIndex::of(const Cluster& cluster, const TaskView& task) {
  Entry& entry = entry_of(task.task.spec);
  entry.used = ++uses_;
  if (entry.session != session_) {
    entry.session = session_;
    entry.index.use(*terms_, task.spec);
  }
  entry.index.catch_up(cluster, task);
  if (const std::size_t bytes = entry.index.bytes(); bytes != entry.bytes) {
    bytes_ = bytes_ - entry.bytes + bytes;
    entry.bytes = bytes;
    make_room(entry);
  }
  return entry.index;
}

PlacementIndex::Entry& PlacementIndex::entry_of(SpecId spec) {
  if (last_ != nullptr && last_spec_ == spec) return *last_;
  std::unique_ptr<Entry>& entry = entries_[spec];
  if (!entry) entry = std::make_unique<Entry>(workspace_);
  last_spec_ = spec;
  last_ = entry.get();
  return *entry;
}

void PlacementIndex::make_room(const Entry& newest) {
  while (bytes_ > most_bytes_ && entries_.size() > 1) {
    const auto oldest = std::min_element(entries_.begin(), entries_.end(), [](const auto& left, const auto& right) {
      return left.second->used < right.second->used;  // no two are equal
    });
    if (oldest->second.get() == &newest) return;
    bytes_ -= oldest->second->bytes;
    rescored_by_gone_ += oldest->second->index.rescored();
    entries_.erase(oldest);
  }
}

std::uint64_t PlacementIndex::rescored() const {
  std::uint64_t sum = rescored_by_gone_;
  for (const auto& [spec, entry] : entries_) sum += entry->index.rescored();
  return sum;
}

}  // namespace basalt
