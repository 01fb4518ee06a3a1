#include "kube/discovery.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::kube {

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded.push_back(c);
    } else {
      encoded.push_back('%');
      encoded.push_back(kHex[byte >> 4U]);
      encoded.push_back(kHex[byte & 15U]);
    }
  }
  return encoded;
}

std::string collection_path(const Resource& resource, std::string_view space) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/" + percent_encode(resource.group) + "/";
  path += percent_encode(resource.version);
  if (!space.empty()) path += "/namespaces/" + percent_encode(space);
  return path + "/" + percent_encode(resource.plural);
}

std::string object_path(const Resource& resource, std::string_view space, std::string_view name,
                        std::string_view subresource) {
  std::string path = collection_path(resource, space) + "/" + percent_encode(name);
  if (!subresource.empty()) path += "/" + percent_encode(subresource);
  return path;
}

const Resource& pods_resource() {
  static const Resource kPods{"", "v1", "pods", true};
  return kPods;
}

const Resource& events_resource() {
  static const Resource kEvents{"", "v1", "events", true};
  return kEvents;
}

const Discovery::Entry* Discovery::find(std::string_view group, std::string_view plural) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.resource.group == group && entry.resource.plural == plural;
  });
  return found == entries_.end() ? nullptr : &*found;
}

bool Discovery::has_subresource(std::string_view group, std::string_view plural, std::string_view part) const {
  const Entry* const entry = find(group, plural);
  return entry != nullptr &&
         std::find(entry->subresources.begin(), entry->subresources.end(), part) != entry->subresources.end();
}

Result<std::string> Discovery::resource_path(std::string_view group, std::string_view plural) const {
  if (const Entry* const entry = find(group, plural)) return collection_path(entry->resource);
  return Error{ErrorCode::not_found, "the API server does not serve '" + std::string(plural) + "' of group '" +
                                         std::string(group) + "': expected it to be installed (CRD, or newer server)"};
}

Result<std::vector<GroupVersions>> read_group_list(std::string_view json) {
  const nlohmann::json parsed = parse_json(json);
  const nlohmann::json& groups = member_at(parsed, "groups");
  if (!groups.is_array()) return Error{ErrorCode::invalid, "GET /apis: expected a JSON APIGroupList"};
  std::vector<GroupVersions> result;
  for (const nlohmann::json& group : groups) {
    GroupVersions versions{text_at(group, "name"), {}};
    const std::string preferred = text_at(member_at(group, "preferredVersion"), "version");
    if (!preferred.empty()) versions.versions.push_back(preferred);
    const nlohmann::json& all = member_at(group, "versions");
    if (all.is_array()) {
      for (const nlohmann::json& version : all) {
        std::string name = text_at(version, "version");
        if (!name.empty() && name != preferred) versions.versions.push_back(std::move(name));
      }
    }
    result.push_back(std::move(versions));
  }
  return result;
}

Result<std::vector<Discovery::Entry>> read_resource_list(std::string_view group, std::string_view version,
                                                         std::string_view json) {
  const nlohmann::json parsed = parse_json(json);
  const nlohmann::json& resources = member_at(parsed, "resources");
  if (!resources.is_array()) {
    return Error{ErrorCode::invalid, "resource list of " + std::string(group) + "/" + std::string(version) +
                                         ": expected a JSON APIResourceList"};
  }
  std::vector<Discovery::Entry> entries;
  const auto entry_of = [&entries](std::string_view plural) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const Discovery::Entry& entry) { return entry.resource.plural == plural; });
  };
  for (const nlohmann::json& resource : resources) {  // "pods" and "pods/binding" are entries of their own
    const std::string name = text_at(resource, "name");
    if (name.empty() || name.find('/') != std::string::npos) continue;
    const nlohmann::json& namespaced = member_at(resource, "namespaced");
    entries.push_back(
        {Resource{std::string(group), std::string(version), name, namespaced.is_boolean() && namespaced.get<bool>()},
         text_at(resource, "kind"),
         {}});
  }
  for (const nlohmann::json& resource : resources) {
    const std::string name = text_at(resource, "name");
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) continue;
    const auto entry = entry_of(std::string_view(name).substr(0, slash));
    if (entry != entries.end()) entry->subresources.push_back(name.substr(slash + 1));
  }
  return entries;
}

}  // namespace basalt::kube
