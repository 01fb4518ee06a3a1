#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"

namespace basalt::kube {

/// How the API server encoded something: built-in kinds come as protobuf, custom resources always as JSON.
enum class Encoding { protobuf, json };

/// One API object as it came, undecoded.
/// `protobuf`: the message of the kind itself (e.g. k8s.io.api.core.v1.Pod), the "k8s\0" envelope already taken off.
/// `json`: the text of the JSON object; its brackets and strings are known to be balanced, nothing more.
/// The view lives as long as the buffer it came from: for callbacks, until the callback returns.
struct ObjectBytes {
  Encoding encoding = Encoding::json;
  std::string_view bytes;
};

/// What names an object among those of its kind. `space` is its namespace: empty for cluster-scoped kinds.
struct ObjectKey {
  std::string space;
  std::string name;

  auto operator<=>(const ObjectKey&) const = default;
};

/// The part of an object's metadata that the list/watch machinery itself needs.
struct ObjectHead {
  ObjectKey key;
  std::string uid;               ///< differs between two objects that had the same key one after the other
  std::string resource_version;  ///< opaque; only compare for equality

  bool operator==(const ObjectHead&) const = default;
};

/// Reads namespace, name, uid and resourceVersion. Absent fields stay empty (a bookmark has only the last one).
/// Fails with `invalid` when the bytes are malformed or have no metadata.
Result<ObjectHead> read_head(const ObjectBytes& object);

/// Whether a bookmark says that the initial events of a streaming list have ended (annotation
/// "k8s.io/initial-events-end" = "true"). False when malformed.
bool ends_initial_events(const ObjectBytes& bookmark);

}  // namespace basalt::kube
