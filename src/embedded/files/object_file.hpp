#pragma once

#include <string>
#include <string_view>

#include "basalt/base/result.hpp"
#include "embedded/cluster/cluster.hpp"

namespace basalt::embedded {

/// Puts objects into a cluster: YAML or JSON documents, and Lists of objects, in any order (definitions of custom
/// resources and namespaces go first). An object that has a uid was saved and is put there as it was; another is
/// created as if a client had sent it. Returns how many there were. Fails with `invalid`, naming the first object that
/// is refused and why; those before it stay.
Result<std::size_t> load_objects(Cluster& cluster, std::string_view text);

/// All objects of a cluster, one JSON object a line: load_objects reads them back.
std::string save_objects(const Cluster& cluster);

/// All objects as YAML documents, for people.
std::string print_objects(const Cluster& cluster);

/// The text of a file. Fails with `not_found`.
Result<std::string> read_file(const std::string& path);
/// Replaces a file as a whole: a crash in between leaves the old one. Fails with `unavailable`.
Result<void> write_file(const std::string& path, std::string_view text);

}  // namespace basalt::embedded
