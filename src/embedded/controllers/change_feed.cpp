#include "embedded/controllers/change_feed.hpp"

#include <nlohmann/json.hpp>

namespace basalt::embedded {
namespace {

constexpr std::size_t kEventsAtOnce = 1000;

}  // namespace

Change::Change(const Kind& kind, ObjectPtr object, bool gone) : kind_(kind), object_(std::move(object)), gone_(gone) {}
Change::~Change() = default;

const Json& Change::tree() const {
  if (!tree_) tree_ = std::make_unique<Json>(object_->tree());
  return *tree_;
}

struct ChangeFeed::Followed {
  KindRef kind;
  std::unique_ptr<Store::Subscription> subscription;
  bool listed = false;
  std::uint64_t revision = 0;
  std::map<Key, ObjectPtr> known;
};

ChangeFeed::ChangeFeed(Store& store, std::function<void()> wake) : store_(store), wake_(std::move(wake)) {}
ChangeFeed::~ChangeFeed() = default;

void ChangeFeed::read(const std::function<void(const Change&)>& visit) {
  auto catalogue = store_.catalogue();
  const std::uint64_t revision = store_.revision();
  if (catalogue == catalogue_ && revision == read_through_) return;
  if (catalogue != catalogue_) follow(std::move(catalogue), visit);
  for (const auto& [resource, followed] : followed_) read(*followed, visit);
  read_through_ = revision;
}

void ChangeFeed::follow(std::shared_ptr<const Catalogue> catalogue, const std::function<void(const Change&)>& visit) {
  catalogue_ = std::move(catalogue);
  std::map<ResourceName, std::unique_ptr<Followed>> before;
  before.swap(followed_);
  for (const KindRef& kind : catalogue_->kinds()) {
    auto& followed = followed_[kind->resource];
    const auto known = before.find(kind->resource);
    if (known != before.end()) {
      followed = std::move(known->second);
      before.erase(known);
    } else {
      followed = std::make_unique<Followed>();
      followed->subscription = store_.subscribe(kind->resource, wake_);
    }
    followed->kind = kind;
  }
  // The objects of a kind that is served no longer are gone without events.
  for (const auto& [resource, dropped] : before) {
    for (const auto& [key, object] : dropped->known) visit(Change(*dropped->kind, object, true));
  }
}

void ChangeFeed::read(Followed& followed, const std::function<void(const Change&)>& visit) {
  if (!followed.listed) return list(followed, visit);
  while (true) {
    const auto batch = store_.events_after(*followed.kind, followed.revision, kEventsAtOnce);
    if (!batch) return list(followed, visit);
    for (const Event& event : batch->events) {
      const bool gone = event.type == EventType::deleted;
      if (gone) {
        followed.known.erase(event.object->key);
      } else {
        followed.known[event.object->key] = event.object;
      }
      visit(Change(*followed.kind, event.object, gone));
    }
    followed.revision = batch->complete_through;
    if (batch->events.size() < kEventsAtOnce) return;
  }
}

void ChangeFeed::list(Followed& followed, const std::function<void(const Change&)>& visit) {
  const Listing listing = store_.list(*followed.kind, "");
  std::map<Key, ObjectPtr> before;
  before.swap(followed.known);
  for (const ObjectPtr& object : listing.objects)
    followed.known.emplace_hint(followed.known.end(), object->key, object);
  for (const auto& [key, object] : before) {
    const auto now = followed.known.find(key);
    if (now == followed.known.end() || now->second->uid != object->uid) visit(Change(*followed.kind, object, true));
  }
  for (const ObjectPtr& object : listing.objects) {
    const auto known = before.find(object->key);
    if (known == before.end() || known->second != object) visit(Change(*followed.kind, object, false));
  }
  followed.revision = listing.revision;
  followed.listed = true;
}

}  // namespace basalt::embedded
