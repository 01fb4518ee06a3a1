#pragma once

#include "embedded/cluster/cluster.hpp"
#include "embedded/controllers/agenda.hpp"
#include "embedded/controllers/change_feed.hpp"
#include "embedded/controllers/pod_index.hpp"

namespace basalt::embedded {

/// One of the loops that bring a cluster to what its objects ask for. Called on one thread; before each reconcile() all
/// changes have been observed, its own writes included, so that it never acts on a state that it has changed itself.
class Controller {
 public:
  virtual ~Controller() = default;

  /// Puts on the agenda what has to be looked at because of a change.
  virtual void observe(const Change& change, Agenda& agenda) = 0;

  /// Brings one object of the agenda nearer to what is wanted at the moment `now`. An objection means that a write was
  /// refused: the object is looked at again, later and later.
  virtual Objection reconcile(const ObjectName& object, WallTime now, Agenda& agenda) = 0;
};

/// What controllers work on. REQUIRES: both outlive the controllers.
struct Workplace {
  Cluster& cluster;
  const PodIndex& pods;

  /// The kind of this name; null when it is not served.
  [[nodiscard]] KindRef kind(const ResourceName& resource) const {
    return cluster.store().catalogue()->find(resource.group, resource.plural);
  }
  /// The newest state of an object; null when it is not there.
  [[nodiscard]] ObjectPtr find(const ObjectName& object) const;
  /// Writes the status of an object that is as it was when `seen` was read; does nothing when the status says that
  /// already.
  [[nodiscard]] Objection write_status(const ObjectName& object, const Json& seen, Json status) const;
  /// Deletes one object, if it still has this uid. That it is gone already is no objection.
  [[nodiscard]] Objection remove(const ObjectName& object, const std::string& uid, DeleteRequest request = {}) const;
  /// Takes a finalizer off an object, if it still has this uid; an object that is gone needs none.
  [[nodiscard]] Objection drop_finalizer(const ObjectName& object, const std::string& uid,
                                         std::string_view finalizer) const;
  /// Leaves a Warning event about an object: once for each reason, since messages name generated names.
  void warn(const Json& about, const std::string& reason, const std::string& message) const;
};

}  // namespace basalt::embedded
