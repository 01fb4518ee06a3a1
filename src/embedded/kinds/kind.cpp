#include "embedded/kinds/kind.hpp"

#include <algorithm>

namespace basalt::embedded {

const ServedVersion* Kind::find_version(std::string_view name) const {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const ServedVersion& version) { return version.name == name; });
  return found == versions.end() ? nullptr : &*found;
}

KindRef Catalogue::find(std::string_view group, std::string_view plural) const {
  const auto found =
      std::find_if(kinds_.begin(), kinds_.end(), [&](const KindRef& kind) { return kind->is(group, plural); });
  return found == kinds_.end() ? nullptr : *found;
}

KindRef Catalogue::find_by_type(std::string_view api_version, std::string_view kind) const {
  const std::size_t slash = api_version.find('/');
  const std::string_view group = slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const std::string_view version = slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const KindRef& candidate) {
    return candidate->resource.group == group && candidate->kind == kind && candidate->find_version(version) != nullptr;
  });
  return found == kinds_.end() ? nullptr : *found;
}

Catalogue Catalogue::with(KindRef kind) const {
  std::vector<KindRef> kinds = without(kind->resource).kinds_;
  kinds.push_back(std::move(kind));
  return Catalogue(std::move(kinds));
}

Catalogue Catalogue::without(const ResourceName& resource) const {
  std::vector<KindRef> kinds = kinds_;
  std::erase_if(kinds, [&](const KindRef& kind) { return kind->resource == resource; });
  return Catalogue(std::move(kinds));
}

}  // namespace basalt::embedded
