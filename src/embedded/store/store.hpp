#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/store/event_log.hpp"
#include "embedded/store/object.hpp"
#include "embedded/store/selector.hpp"

namespace basalt::embedded {

/// Objects of one kind at one revision, in the order of their keys.
struct Listing {
  std::uint64_t revision = 0;
  std::vector<ObjectPtr> objects;
};

/// What happened to a kind, for one who reads along.
struct EventBatch {
  std::vector<Event> events;
  /// Every event up to this revision has been read, even of changes to other kinds.
  std::uint64_t complete_through = 0;
};

/// All objects of the cluster and their recent history, in memory. Every write takes the next number of one revision
/// counter. Knows kinds, but not what their fields mean.
///
/// Thread-safe. One writer at a time, for as long as it holds a `Writer`; readers wait for it only while a finished
/// state is put in its place, and never see half a write.
class Store {
 public:
  struct Limits {
    /// Changes that are remembered for each kind; older ones are compacted away.
    std::size_t events_per_kind = 100'000;
  };

  /// Starts with no objects.
  explicit Store(Catalogue catalogue) : Store(std::move(catalogue), Limits{}) {}
  Store(Catalogue catalogue, Limits limits);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Exclusive permission to write. Reads through it see what it wrote.
  class Writer {
   public:
    [[nodiscard]] std::shared_ptr<const Catalogue> catalogue() const { return store_.catalogue(); }
    [[nodiscard]] ObjectPtr find(const Kind& kind, const Key& key) const { return store_.find(kind, key); }
    [[nodiscard]] std::vector<ObjectPtr> list(const Kind& kind, std::string_view space) const {
      return store_.list(kind, space).objects;
    }

    /// Adds or replaces the object that the tree's metadata names. Returns its new state.
    ObjectPtr put(const Kind& kind, Json tree);
    /// Removes an object; `tree` is its last state, which watchers are shown. REQUIRES: it is there.
    ObjectPtr erase(const Kind& kind, Json tree);
    /// Serves these kinds from now on. Objects of kinds that are not among them are forgotten without events.
    void set_catalogue(Catalogue catalogue);

   private:
    friend class Store;
    explicit Writer(Store& store) : store_(store), lock_(store.write_mutex_) {}
    Store& store_;
    std::unique_lock<std::mutex> lock_;
  };
  /// Waits until no other writer is at work.
  [[nodiscard]] Writer write() { return Writer(*this); }

  [[nodiscard]] std::shared_ptr<const Catalogue> catalogue() const;
  /// The revision of the last write.
  [[nodiscard]] std::uint64_t revision() const;
  [[nodiscard]] ObjectPtr find(const Kind& kind, const Key& key) const;
  /// The newest state. `space` empty: all namespaces.
  [[nodiscard]] Listing list(const Kind& kind, std::string_view space) const;
  /// The state that was at `revision`. Refused with 410 when its history is compacted away.
  [[nodiscard]] Outcome<Listing> list_at(const Kind& kind, std::string_view space, std::uint64_t revision) const;
  /// What follows `revision`, at most `limit` events. Refused with 410 when that is compacted away.
  [[nodiscard]] Outcome<EventBatch> events_after(const Kind& kind, std::uint64_t revision, std::size_t limit) const;

  /// Forgets the history of all kinds up to the present.
  void compact();

  /// Called after each change of a kind, on the writer's thread and while it writes: must be quick, must not write, and
  /// may be called once more while the subscription ends. Ends with the returned object.
  class Subscription;
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(const ResourceName& resource, std::function<void()> wake);

  /// Hands every change from now on to `journal`, in order, on the writer's thread and while it writes. REQUIRES:
  /// nobody writes yet.
  void record_to(std::function<void(const ResourceName& resource, const Event& event)> journal);

  /// Objects and remembered events, for metrics.
  struct Size {
    std::size_t objects = 0;
    std::size_t events = 0;
  };
  [[nodiscard]] Size size() const;

 private:
  struct Table;
  Table* table(const ResourceName& resource) const;
  void publish(const ResourceName& resource, Table& table, Event event);

  const Limits limits_;
  std::function<void(const ResourceName&, const Event&)> journal_;
  std::mutex write_mutex_;           // held by the Writer
  mutable std::shared_mutex mutex_;  // guards what follows; written only by the Writer
  std::shared_ptr<const Catalogue> catalogue_;
  std::map<ResourceName, std::unique_ptr<Table>> tables_;
  std::uint64_t revision_ = 0;
};

/// See Store::subscribe.
class Store::Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  friend class Store;
  struct Wakers;
  Subscription(std::shared_ptr<Wakers> wakers, std::uint64_t number) : wakers_(std::move(wakers)), number_(number) {}
  std::shared_ptr<Wakers> wakers_;
  std::uint64_t number_;
};

}  // namespace basalt::embedded
