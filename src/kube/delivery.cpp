#include "kube/delivery.hpp"

namespace basalt::kube {

std::size_t Delivery::replace(const FetchedList& list) {
  ++list_;
  std::size_t unreadable = 0;
  sink_.on_replace_begin(list.resource_version);
  for (const FetchedList::Page& page : list.pages) {
    for (const ObjectBytes& object : page.list.items) {
      if (const auto head = read_head(object)) {
        upsert(*head, object);
      } else {
        ++unreadable;
        sink_.on_failure(head.error());
      }
    }
  }
  for (auto entry = known_.begin(); entry != known_.end();) {
    if (entry->second.list == list_) {
      ++entry;
      continue;
    }
    const auto gone = known_.extract(entry++);
    sink_.on_delete({gone.key(), gone.mapped().uid, gone.mapped().resource_version}, nullptr);
  }
  sink_.on_replace_end();
  return unreadable;
}

void Delivery::upsert(const ObjectHead& head, const ObjectBytes& object) {
  const auto [entry, is_new] = known_.try_emplace(head.key);
  Known& known = entry->second;
  Change change = Change::added;
  if (!is_new && known.uid == head.uid) {
    change = known.resource_version == head.resource_version ? Change::same : Change::modified;
  } else if (!is_new) {
    sink_.on_delete({head.key, known.uid, known.resource_version}, nullptr);
  }
  known = Known{head.uid, head.resource_version, list_};
  sink_.on_upsert(head, object, change);
}

void Delivery::remove(const ObjectHead& head, const ObjectBytes& last) {
  const auto entry = known_.find(head.key);
  if (entry == known_.end() || entry->second.uid != head.uid) return;
  known_.erase(entry);
  sink_.on_delete(head, &last);
}

}  // namespace basalt::kube
