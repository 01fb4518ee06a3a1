#pragma once

#include <string>
#include <string_view>

#include "embedded/kinds/kind.hpp"

namespace basalt::embedded {

/// GET /api: the versions of the core group.
Json core_versions();
/// GET /apis: all other groups.
Json group_list(const Catalogue& catalogue);
/// GET /apis/<group>; null when there is none.
Json group(const Catalogue& catalogue, std::string_view name);
/// GET /api/v1 and /apis/<group>/<version>: an APIResourceList; null when there is none.
Json resource_list(const Catalogue& catalogue, std::string_view group, std::string_view version);
/// All of it in one document (APIGroupDiscoveryList): of the core group, or of all others.
Json aggregated_discovery(const Catalogue& catalogue, bool core, std::string_view version);
/// GET /version.
Json version_document();

/// The body of /openapi/v2 as protobuf: a document without schemas, with which kubectl leaves validation to the server.
std::string minimal_open_api_protobuf();
Json minimal_open_api_json();

}  // namespace basalt::embedded
