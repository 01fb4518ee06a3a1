#include "plugins/amounts/kind_weights.hpp"

#include <algorithm>

#include "plugins/amounts/bounded_argument.hpp"

namespace basalt {
namespace {

/// "a, b" without the spaces, without empty names, each once.
std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

}  // namespace

KindWeights read_kind_weights(ArgumentReader& reader, std::string_view prefix) {
  const std::string start(prefix);
  const std::string per_resource = start + ".resources.";
  KindWeights kinds = {{"cpu", read_weight_or_one(reader, start + ".cpu")},
                       {"memory", read_weight_or_one(reader, start + ".memory")}};
  for (const std::string& name : split_names(reader.text(start + ".resources", ""))) {
    const std::string key = per_resource + name;
    if (name == "cpu" || name == "memory") {
      reader.without_effect(key,
                            "cpu and memory have weights of their own: '" + start + ".cpu', '" + start + ".memory'");
    } else {
      kinds.emplace_back(name, read_weight_or_one(reader, key));
    }
  }
  for (const std::string& key : reader.keys_with_prefix(per_resource)) {
    reader.without_effect(key, "the resource is not listed in '" + start + ".resources'");
  }
  return kinds;
}

std::vector<WeighedKind> known_kinds(const KindWeights& weights, const ResourceSchema& schema) {
  std::vector<WeighedKind> kinds;
  for (const auto& [name, weight] : weights) {
    if (const auto kind = schema.find(name)) kinds.push_back({*kind, weight});
  }
  return kinds;
}

}  // namespace basalt
