#include "embedded/store/store.hpp"

#include <nlohmann/json.hpp>

namespace basalt::embedded {

struct Store::Subscription::Wakers {
  std::mutex mutex;
  std::map<std::uint64_t, std::function<void()>> wakes;
  std::uint64_t next = 0;

  void wake_all() {
    const std::lock_guard lock(mutex);
    for (const auto& [number, wake] : wakes) wake();
  }
};

struct Store::Table {
  explicit Table(std::size_t capacity) : log(capacity) {}

  std::map<Key, ObjectPtr> objects;
  EventLog log;
  std::shared_ptr<Subscription::Wakers> wakers = std::make_shared<Subscription::Wakers>();
};

namespace {

// The objects of one namespace, or all.
template <class Objects>
auto range_of(const Objects& objects, std::string_view space) {
  if (space.empty()) return std::pair(objects.begin(), objects.end());
  const std::string first(space);
  return std::pair(objects.lower_bound(Key{first, ""}), objects.lower_bound(Key{first + '\0', ""}));
}

Refusal too_old(std::uint64_t asked, std::uint64_t oldest) {
  return expired("too old resource version: " + std::to_string(asked) + " (" + std::to_string(oldest) + ")");
}

}  // namespace

Store::Subscription::~Subscription() {
  const std::lock_guard lock(wakers_->mutex);
  wakers_->wakes.erase(number_);
}

Store::Store(Catalogue catalogue, Limits limits) : limits_(limits) { write().set_catalogue(std::move(catalogue)); }

Store::~Store() = default;

Store::Table* Store::table(const ResourceName& resource) const {
  const auto found = tables_.find(resource);
  return found == tables_.end() ? nullptr : found->second.get();
}

std::shared_ptr<const Catalogue> Store::catalogue() const {
  const std::shared_lock lock(mutex_);
  return catalogue_;
}

std::uint64_t Store::revision() const {
  const std::shared_lock lock(mutex_);
  return revision_;
}

ObjectPtr Store::find(const Kind& kind, const Key& key) const {
  const std::shared_lock lock(mutex_);
  const Table* found = table(kind.resource);
  if (found == nullptr) return nullptr;
  const auto object = found->objects.find(key);
  return object == found->objects.end() ? nullptr : object->second;
}

Listing Store::list(const Kind& kind, std::string_view space) const {
  const std::shared_lock lock(mutex_);
  Listing listing;
  listing.revision = revision_;
  const Table* found = table(kind.resource);
  if (found == nullptr) return listing;
  const auto [first, last] = range_of(found->objects, space);
  if (space.empty()) listing.objects.reserve(found->objects.size());
  for (auto it = first; it != last; ++it) listing.objects.push_back(it->second);
  return listing;
}

Outcome<Listing> Store::list_at(const Kind& kind, std::string_view space, std::uint64_t revision) const {
  const std::shared_lock lock(mutex_);
  if (revision > revision_) return revision_too_large(revision, revision_);
  const Table* found = table(kind.resource);
  if (found == nullptr) return Listing{revision, {}};
  if (revision < found->log.compacted_through()) {
    return expired("The provided continue parameter is too old to display a consistent list result.");
  }
  // What was there then differs from the present by the changes since.
  std::map<Key, ObjectPtr> before;
  for (const Event& event : found->log.after(revision, found->log.size())) {
    before.try_emplace(event.object->key, event.previous);
  }
  std::map<Key, ObjectPtr> objects;
  const auto [first, last] = range_of(found->objects, space);
  for (auto it = first; it != last; ++it) objects.insert(objects.end(), *it);
  for (auto& [key, object] : before) {
    if (!space.empty() && key.space != space) continue;
    if (object) {
      objects[key] = std::move(object);
    } else {
      objects.erase(key);
    }
  }
  Listing listing;
  listing.revision = revision;
  listing.objects.reserve(objects.size());
  for (auto& [key, object] : objects) listing.objects.push_back(std::move(object));
  return listing;
}

Outcome<EventBatch> Store::events_after(const Kind& kind, std::uint64_t revision, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  const Table* found = table(kind.resource);
  if (found == nullptr) return too_old(revision, revision_);
  if (revision < found->log.compacted_through()) return too_old(revision, found->log.compacted_through());
  EventBatch batch;
  batch.events = found->log.after(revision, limit);
  batch.complete_through = batch.events.size() == limit && limit > 0 ? batch.events.back().object->revision : revision_;
  return batch;
}

void Store::compact() {
  const Writer writer(*this);
  const std::lock_guard lock(mutex_);
  for (auto& [name, kept] : tables_) kept->log.compact(revision_);
}

std::unique_ptr<Store::Subscription> Store::subscribe(const ResourceName& resource, std::function<void()> wake) {
  const std::shared_lock lock(mutex_);
  Table* found = table(resource);
  if (found == nullptr) return nullptr;
  const std::lock_guard wakers_lock(found->wakers->mutex);
  const std::uint64_t number = found->wakers->next++;
  found->wakers->wakes.emplace(number, std::move(wake));
  return std::unique_ptr<Subscription>(new Subscription(found->wakers, number));
}

Store::Size Store::size() const {
  const std::shared_lock lock(mutex_);
  Size size;
  for (const auto& [name, kept] : tables_) {
    size.objects += kept->objects.size();
    size.events += kept->log.size();
  }
  return size;
}

void Store::record_to(std::function<void(const ResourceName& resource, const Event& event)> journal) {
  journal_ = std::move(journal);
}

void Store::publish(const ResourceName& resource, Table& to, Event event) {
  if (journal_) journal_(resource, event);
  {
    const std::lock_guard lock(mutex_);
    revision_ = event.object->revision;
    if (event.type == EventType::deleted) {
      to.objects.erase(event.object->key);
    } else {
      to.objects[event.object->key] = event.object;
    }
    to.log.append(std::move(event));
  }
  to.wakers->wake_all();
}

ObjectPtr Store::Writer::put(const Kind& kind, Json tree) {
  Table* to = store_.table(kind.resource);
  BASALT_CHECK(to != nullptr, "no table for " + kind.resource.qualified());
  ObjectPtr object = make_object(kind, std::move(tree), store_.revision_ + 1);
  const auto found = to->objects.find(object->key);
  ObjectPtr previous = found == to->objects.end() ? nullptr : found->second;
  const EventType type = previous ? EventType::modified : EventType::added;
  store_.publish(kind.resource, *to, Event{type, object, std::move(previous)});
  return object;
}

ObjectPtr Store::Writer::erase(const Kind& kind, Json tree) {
  Table* from = store_.table(kind.resource);
  BASALT_CHECK(from != nullptr, "no table for " + kind.resource.qualified());
  ObjectPtr object = make_object(kind, std::move(tree), store_.revision_ + 1);
  const auto found = from->objects.find(object->key);
  BASALT_CHECK(found != from->objects.end(), "erasing " + object->key.name + ", which is not there");
  ObjectPtr previous = found->second;
  store_.publish(kind.resource, *from, Event{EventType::deleted, object, std::move(previous)});
  return object;
}

void Store::Writer::set_catalogue(Catalogue catalogue) {
  auto next = std::make_shared<const Catalogue>(std::move(catalogue));
  std::map<ResourceName, std::unique_ptr<Table>> dropped;
  std::map<ResourceName, std::unique_ptr<Table>> tables;
  std::unique_lock lock(store_.mutex_);
  for (const KindRef& kind : next->kinds()) {
    const auto kept = store_.tables_.find(kind->resource);
    auto& place = tables[kind->resource];
    if (kept != store_.tables_.end()) {
      place = std::move(kept->second);
    } else {
      place = std::make_unique<Table>(store_.limits_.events_per_kind);
      // A kind that comes back must not look as if nothing had happened before.
      place->log.compact(store_.revision_);
    }
  }
  for (auto& [name, table] : store_.tables_) {
    if (table) dropped.emplace(name, std::move(table));
  }
  store_.tables_ = std::move(tables);
  store_.catalogue_ = std::move(next);
  lock.unlock();
  for (const auto& [name, table] : dropped) table->wakers->wake_all();  // their watches end
}

}  // namespace basalt::embedded
