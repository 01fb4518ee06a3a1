#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/clock.hpp"
#include "embedded/objects/identity.hpp"
#include "embedded/store/store.hpp"

namespace basalt::embedded {

/// How a write is to be done.
struct WriteOptions {
  bool dry_run = false;  ///< check everything, change nothing
};

/// Which part of an object a change is about: each endpoint writes its part and leaves the others as they are.
enum class Part { main, status };

/// What a delete request asks for (meta/v1 DeleteOptions).
struct DeleteRequest {
  std::optional<long long> grace_seconds;
  std::string uid;               ///< precondition; empty: any
  std::string resource_version;  ///< precondition; empty: any
  std::string propagation;       ///< Background, Foreground, Orphan; empty: the kind's default
  bool dry_run = false;
};

/// What came of a delete request.
struct Deletion {
  ObjectPtr object;   ///< the last state, or the one in which the object waits for its end
  bool gone = false;  ///< false: it waits for finalizers or the end of its grace period
};

/// The API server without HTTP: objects with the semantics of Kubernetes. This is what requests end in, and what
/// simulated nodes and controllers in the same process write through (and read from `store()`, whose subscriptions tell
/// them when to look).
///
/// Thread-safe. Every call is one atomic step.
class Cluster {
 public:
  struct Options {
    Store::Limits limits;
    std::uint64_t seed = 1;  ///< of uids and generated names
  };

  /// A cluster as it is after Kubernetes has started for the first time: its namespaces and system priority classes.
  /// REQUIRES: the clock outlives this.
  Cluster(const Clock& clock, const Options& options);

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] const Store& store() const { return store_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

  /// Creates an object in a namespace (empty for cluster-scoped kinds). `body` may say a name or generateName.
  Outcome<ObjectPtr> create(const Kind& kind, std::string_view space, Json body, WriteOptions options = {});

  /// Changes an object: `change` gets its present tree and returns the wanted one, and is called exactly once, while
  /// nobody else can write. A wanted tree with a resourceVersion or uid other than the present ones is a conflict. A
  /// change that changes nothing writes nothing.
  using Change = std::function<Outcome<Json>(const Json& present)>;
  Outcome<ObjectPtr> modify(const Kind& kind, const Key& key, Part part, const Change& change,
                            WriteOptions options = {});

  /// Deletes an object, or begins to: finalizers, and for pods on a node the grace period, come first.
  Outcome<Deletion> remove(const Kind& kind, const Key& key, const DeleteRequest& request);

  /// Assigns a pod to a node as `binding` (a core/v1 Binding) says: once, and only if its preconditions hold.
  Outcome<ObjectPtr> bind(const Key& pod, const Json& binding, WriteOptions options = {});

  /// Deletes a pod if its disruption budget allows it. `eviction` is a policy/v1 Eviction.
  Outcome<Deletion> evict(const Key& pod, const Json& eviction, WriteOptions options = {});

  /// Puts an object there as it is, with its uid, times and status: for restoring what was saved. Its
  /// resourceVersion is new. Refused when it cannot be one of its kind.
  Outcome<ObjectPtr> restore(const Kind& kind, Json object);

 private:
  void begin();
  Outcome<ObjectPtr> create(Store::Writer& writer, const Kind& kind, std::string_view space, Json body,
                            WriteOptions options);
  Outcome<ObjectPtr> put_changed(Store::Writer& writer, const Kind& kind, const Object& present, const Json& before,
                                 Json wanted, Part part, WriteOptions options);
  Outcome<Deletion> remove(Store::Writer& writer, const Kind& kind, const Object& present,
                           const DeleteRequest& request);
  Deletion erase(Store::Writer& writer, const Kind& kind, Json tree);
  Objection spend_budget(Store::Writer& writer, const Object& pod, WriteOptions options);
  Objection define(Store::Writer& writer, Json& definition, bool dry_run);
  void undefine(Store::Writer& writer, const Json& definition);

  const Clock& clock_;
  Identities identities_;  // used by the writer only
  Store store_;
};

}  // namespace basalt::embedded
