#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "embedded/kinds/kind.hpp"

namespace basalt::embedded {

/// What names an object among those of its kind, and the order in which lists have them. `space` is the namespace:
/// empty for cluster-scoped kinds.
struct Key {
  std::string space;
  std::string name;

  auto operator<=>(const Key&) const = default;
};

/// One state of one object. Never changes, so readers, watchers and lists share it; another state is another Object.
/// Kept as the bytes that replies are made of and the few values that selectors ask for: the tree is parsed when a
/// write needs it.
struct Object {
  Key key;
  std::string uid;
  std::uint64_t revision = 0;                               ///< its metadata.resourceVersion
  std::vector<std::pair<std::string, std::string>> labels;  ///< sorted
  std::vector<std::string> fields;                          ///< values of Kind::fields, in that order
  std::string json;                                         ///< compact, members sorted
  std::string protobuf;                                     ///< of kinds that answer in protobuf; no envelope

  /// The whole object as a tree.
  [[nodiscard]] Json tree() const;
  [[nodiscard]] std::string_view label(std::string_view name) const;
};

using ObjectPtr = std::shared_ptr<const Object>;

/// The state that a tree describes, with `revision` written into it.
ObjectPtr make_object(const Kind& kind, Json tree, std::uint64_t revision);

}  // namespace basalt::embedded
