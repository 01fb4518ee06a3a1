#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::kube {

/// A kind of object as the API serves it, e.g. {"scheduling.volcano.sh", "v1beta1", "podgroups", true}.
struct Resource {
  std::string group;  ///< empty: the core group
  std::string version;
  std::string plural;  ///< name in paths, lower case
  bool namespaced = true;

  bool operator==(const Resource&) const = default;
};

/// "/api/v1/pods", "/apis/policy/v1/namespaces/ns/poddisruptionbudgets": the collection. `space` empty: of all
/// namespaces.
std::string collection_path(const Resource& resource, std::string_view space = {});

/// The path of one object, or of a part of it ("status", "binding").
std::string object_path(const Resource& resource, std::string_view space, std::string_view name,
                        std::string_view subresource = {});

/// Percent-encodes everything but unreserved characters, for path segments and query values.
std::string percent_encode(std::string_view text);

/// The core/v1 kinds that are written to without asking the server first.
const Resource& pods_resource();
const Resource& events_resource();

/// What the server serves, from GET /api, /apis and the resource lists of the groups asked for.
class Discovery {
 public:
  /// One resource of one group version, in the order of the server's preference of versions.
  struct Entry {
    Resource resource;
    std::string kind;
    std::vector<std::string> subresources;  ///< e.g. "status", "binding"
  };

  explicit Discovery(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  /// The resource in the version that the server prefers among those that have it; null when no version has.
  [[nodiscard]] const Entry* find(std::string_view group, std::string_view plural) const;
  /// Whether the resource has this subresource (PodGroups have no "status", queues have).
  [[nodiscard]] bool has_subresource(std::string_view group, std::string_view plural, std::string_view part) const;
  /// The collection's path. Fails with `not_found`: the server does not serve it (is the CRD installed?).
  [[nodiscard]] Result<std::string> resource_path(std::string_view group, std::string_view plural) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

/// Versions of every group in GET /apis (APIGroupList), preferred one first.
struct GroupVersions {
  std::string group;
  std::vector<std::string> versions;
};
Result<std::vector<GroupVersions>> read_group_list(std::string_view json);

/// Entries of an APIResourceList.
Result<std::vector<Discovery::Entry>> read_resource_list(std::string_view group, std::string_view version,
                                                         std::string_view json);

}  // namespace basalt::kube
