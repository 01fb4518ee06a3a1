#include "actions/room_bound.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace basalt {
namespace {

constexpr std::size_t kFewSpecs = 16;

using SpecCounts = std::vector<std::pair<SpecId, std::size_t>>;

/// Tasks by spec, in the order of their first; nothing when there are many.
SpecCounts count_specs(const Cluster& cluster, std::span<const TaskId> tasks) {
  SpecCounts counts;
  for (const TaskId task : tasks) {
    const SpecId spec = cluster.tasks()[task].spec;
    const auto known =
        std::find_if(counts.begin(), counts.end(), [&](const auto& entry) { return entry.first == spec; });
    if (known != counts.end()) {
      ++known->second;
    } else if (counts.size() == kFewSpecs) {
      return {};
    } else {
      counts.emplace_back(spec, 1);
    }
  }
  return counts;
}

/// Tasks of one request that a node could hold, up to `most`.
std::size_t fit_on(const Cluster& cluster, NodeId node, const Resources& request, std::size_t most) {
  if (cluster.nodes()[node].uncountable_pods > 0) return 0;
  for (Dimension kind = 0; kind < request.width() && most > 0; ++kind) {
    if (request[kind] <= 0) continue;
    const std::int64_t left = cluster.future_idle(node, kind);
    most = left <= 0 ? 0 : std::min(most, static_cast<std::size_t>(left / request[kind]));
  }
  return most;
}

std::size_t most_by_spec(const Cluster& cluster, const SpecCounts& specs, std::span<const NodeId> nodes,
                         std::size_t enough) {
  std::size_t most = 0;
  for (const auto& [spec, waiting] : specs) {
    const Resources& request = cluster.specs()[spec].request;
    std::size_t fit = 0;
    for (std::size_t i = 0; i < nodes.size() && fit < waiting && most + fit < enough; ++i) {
      fit += fit_on(cluster, nodes[i], request, waiting - fit);
    }
    most += fit;
    if (most >= enough) return enough;
  }
  return most;
}

/// Of each kind, the smallest requests are counted until the sum of what is left is used up.
std::size_t most_by_kind(const Cluster& cluster, std::span<const TaskId> tasks, std::span<const NodeId> nodes,
                         std::size_t enough) {
  std::size_t most = std::min(tasks.size(), enough);
  for (Dimension kind = 0; kind < cluster.schema().size() && most > 0; ++kind) {
    std::vector<std::int64_t> requests;
    for (const TaskId task : tasks) requests.push_back(std::max<std::int64_t>(cluster.spec(task).request[kind], 0));
    std::sort(requests.begin(), requests.end());
    std::int64_t left = 0;
    for (const NodeId node : nodes) left += std::max<std::int64_t>(cluster.future_idle(node, kind), 0);
    std::size_t fit = 0;
    while (fit < most && requests[fit] <= left) left -= requests[fit++];
    most = fit;
  }
  return most;
}

}  // namespace

std::size_t most_that_fit(const Cluster& cluster, std::span<const TaskId> tasks, std::span<const NodeId> nodes,
                          std::size_t enough) {
  const SpecCounts specs = count_specs(cluster, tasks);
  if (specs.empty()) return most_by_kind(cluster, tasks, nodes, enough);
  return most_by_spec(cluster, specs, nodes, enough);
}

}  // namespace basalt
