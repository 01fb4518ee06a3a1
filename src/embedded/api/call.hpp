#pragma once

#include <memory>
#include <string>

#include "embedded/api/target.hpp"
#include "embedded/http/server.hpp"
#include "embedded/store/object.hpp"

namespace basalt::embedded {

/// A request about objects of one kind, understood as far as its path goes.
struct Call {
  HttpRequest http;
  Target target{""};
  KindRef kind;
  std::shared_ptr<const ServedVersion> version;  ///< shares the life of `kind`
  std::string space;                             ///< empty: cluster scope, or all namespaces
  std::string name;                              ///< empty: the collection
  std::string part;                              ///< subresource; empty: the object itself
  std::string verb;                              ///< get, list, watch, create, update, patch, delete, deletecollection

  [[nodiscard]] Key key() const { return {space, name}; }
  /// "pods", "pods/binding", "queues.scheduling.volcano.sh".
  [[nodiscard]] std::string resource() const {
    return part.empty() ? kind->resource.qualified()
                        : ResourceName{kind->resource.group, kind->resource.plural + "/" + part}.qualified();
  }
  [[nodiscard]] bool is_dry_run() const { return target.query("dryRun") == "All"; }
};

/// Understands paths below /api and /apis that name objects. Refused with 404 when the catalogue has no such resource,
/// with 405 when the method means nothing there.
Outcome<Call> resolve_call(const Catalogue& catalogue, HttpRequest request, Target target);

}  // namespace basalt::embedded
