#include "plugins/amounts/shortage.hpp"

#include <algorithm>

namespace basalt {

std::vector<Dimension> exceeded_kinds(const Resources& amount, const Resources& limit, const Resources& asked,
                                      const ResourceSchema& schema) {
  std::vector<Dimension> kinds;
  for (Dimension kind = 0; kind < asked.width(); ++kind) {
    if (kind != kPods && asked[kind] > 0 && amount[kind] > limit[kind]) kinds.push_back(kind);
  }
  const auto by_name = [&](Dimension left, Dimension right) { return schema.name(left) < schema.name(right); };
  const auto named = std::find_if(kinds.begin(), kinds.end(), [](Dimension kind) { return kind > kMemory; });
  std::sort(named, kinds.end(), by_name);
  return kinds;
}

std::string list_kinds(std::string_view word, const std::vector<Dimension>& kinds, const ResourceSchema& schema) {
  std::string text;
  for (const Dimension kind : kinds) {
    if (!text.empty()) text += ", ";
    text.append(word).append(" ").append(schema.name(kind));
  }
  return text;
}

}  // namespace basalt
