#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "embedded/controllers/agenda.hpp"
#include "embedded/store/store.hpp"

namespace basalt::embedded {

/// What happened to one object, as controllers look at it. Lives for one call.
class Change {
 public:
  Change(const Kind& kind, ObjectPtr object, bool gone);
  ~Change();
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  [[nodiscard]] const Kind& kind() const { return kind_; }
  [[nodiscard]] const Object& object() const { return *object_; }
  [[nodiscard]] ObjectPtr shared() const { return object_; }
  /// Whether that was its last state.
  [[nodiscard]] bool gone() const { return gone_; }
  [[nodiscard]] ObjectName name() const { return {kind_.resource, object_->key}; }
  /// Whether this word stands anywhere in the object: cheap, so that most objects need not be parsed.
  [[nodiscard]] bool mentions(std::string_view word) const { return object_->json.find(word) != std::string::npos; }
  /// The object as a tree, parsed once.
  [[nodiscard]] const Json& tree() const;

 private:
  const Kind& kind_;
  ObjectPtr object_;
  bool gone_;
  mutable std::unique_ptr<Json> tree_;
};

/// Reads along what happens to all objects of all kinds, those of custom resources that are defined later included.
/// Remembers the last state of each, so that nothing is missed when the history was compacted in between. Not
/// thread-safe.
class ChangeFeed {
 public:
  /// `wake` is called on the writers' threads after each change: see Store::subscribe. REQUIRES: `store` outlives this.
  ChangeFeed(Store& store, std::function<void()> wake);
  ~ChangeFeed();

  /// Visits everything that changed since the last call: each kind's changes in their order, one kind after the other.
  /// The first call visits all objects.
  void read(const std::function<void(const Change&)>& visit);

 private:
  struct Followed;
  void follow(std::shared_ptr<const Catalogue> catalogue, const std::function<void(const Change&)>& visit);
  void read(Followed& followed, const std::function<void(const Change&)>& visit);
  void list(Followed& followed, const std::function<void(const Change&)>& visit);

  Store& store_;
  const std::function<void()> wake_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::map<ResourceName, std::unique_ptr<Followed>> followed_;
  std::uint64_t read_through_ = 0;
};

}  // namespace basalt::embedded
