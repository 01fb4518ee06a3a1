#include "plugins/nodeorder/node_preferences.hpp"

#include <algorithm>

namespace basalt {

void PreferredNodesTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = cluster_.nodes()[nodes[i]];
    for (const PreferredNodes& preferred : task.spec.preferred_nodes) {
      if (matches(preferred.term, node.name, node.labels, cluster_.symbols())) out[i] += preferred.weight;
    }
  }
}

void PreferredTaintsTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::vector<Taint>& taints = cluster_.nodes()[nodes[i]].taints;
    out[i] = std::count_if(taints.begin(), taints.end(), [&](const Taint& taint) {
      return taint.effect == TaintEffect::prefer_no_schedule && !tolerates(task.spec.tolerations, taint);
    });
  }
}

}  // namespace basalt
