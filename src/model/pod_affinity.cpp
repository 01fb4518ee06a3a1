#include "basalt/model/pod_affinity.hpp"

#include <algorithm>

namespace basalt {

bool matches(const LabelSelector& selector, const LabelSet& labels, const Symbols& symbols) {
  return !selector.selects_nothing &&
         std::all_of(selector.requirements.begin(), selector.requirements.end(),
                     [&](const Requirement& requirement) { return matches(requirement, labels, symbols); });
}

bool matches(const PodSelection& pods, Symbol namespace_name, const LabelSet& labels, const Symbols& symbols) {
  const bool is_there =
      pods.in_all_namespaces || std::binary_search(pods.namespaces.begin(), pods.namespaces.end(), namespace_name);
  return is_there && matches(pods.selector, labels, symbols);
}

}  // namespace basalt
