#pragma once

#include <string>
#include <variant>

#include "basalt/base/result.hpp"
#include "basalt/model/objects.hpp"

/// What happened outside, as values: the only way anything enters the tables. Posted by
/// watch threads, the binder and pollers; applied by the scheduler thread in the order of
/// the mailbox; recorded for replay.
namespace basalt {

/// An object is there, or has changed.
struct Upserted {
  ObjectVariant object;
};

/// An object is gone. An empty uid means "whatever had this name".
struct Removed {
  ObjectKind kind;
  std::string namespace_name, name, uid;
};

/// An object came that cannot be scheduled by (a quantity beyond any machine, an enum
/// nobody knows). It is set aside: what was known under this name is dropped, and a pod
/// that already runs on `node_name` closes that node, whose use can no longer be told.
struct Rejected {
  ObjectKind kind;
  std::string namespace_name, name, uid;
  std::string node_name;  ///< of a pod that is bound; else empty
  std::string reason;
};

/// What became of a bind that was decided. The uid decides whether it still concerns
/// the pod of that name.
struct BindResult {
  enum class Outcome {
    acknowledged,  ///< the API server took it (or had it already on this node)
    refuted,       ///< the pod is not, and will not be, on this node by our write
    in_doubt,      ///< no answer: it may have happened; counts as used until it is known
  };
  std::string namespace_name, name, uid, node_name;
  Outcome outcome;
  std::string message;  ///< why refuted or in doubt
};

/// What became of an eviction that was decided.
struct EvictResult {
  std::string namespace_name, name, uid;
  bool accepted;
  std::string message;
};

/// What became of a status write. A failed one is decided again.
struct StatusResult {
  ObjectKind kind;
  std::string namespace_name, name, uid;
  bool accepted;
  std::string message;
};

using Delta = std::variant<Upserted, Removed, Rejected, BindResult, EvictResult, StatusResult>;

}  // namespace basalt
