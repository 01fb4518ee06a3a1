#include "plugins/nodeorder/resource_scorers.hpp"

#include <array>

#include "plugins/nodeorder/resource_scores.hpp"

namespace basalt {

void AllocationTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::int64_t cpu = task.spec.scoring_cpu;
  const std::int64_t memory = task.spec.scoring_memory;
  auto* const rate = preference_ == Preference::least_allocated ? &least_allocated_score : &most_allocated_score;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ScoringSums::Sums& sums = sums_[nodes[i]];
    const Resources& allocatable = cluster_.nodes()[nodes[i]].allocatable;
    const std::array<Usage, 2> kinds = {Usage{sums.cpu + cpu, allocatable[kCpu]},
                                        Usage{sums.memory + memory, allocatable[kMemory]}};
    out[i] = rate(kinds) * kPoint;
  }
}

BalanceTerm::BalanceTerm(const Cluster& cluster, std::int64_t weight)
    : cluster_(cluster), weight_(weight), gpu_(cluster.schema().find("nvidia.com/gpu")) {}

bool BalanceTerm::applies(const Spec& spec) const {
  return spec.request[kCpu] > 0 || spec.request[kMemory] > 0 || asks_for_gpu(spec);
}

void BalanceTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const Resources& request = task.spec.request;
  const std::array<Dimension, 3> kinds = {kCpu, kMemory, gpu_.value_or(kCpu)};
  const std::size_t count = asks_for_gpu(task.spec) ? 3 : 2;
  std::array<Usage, 3> usages{};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Resources& used = cluster_.used(nodes[i]);
    const Resources& pipelined = cluster_.pipelined(nodes[i]);
    const Resources& allocatable = cluster_.nodes()[nodes[i]].allocatable;
    for (std::size_t k = 0; k < count; ++k) {
      usages[k] = {used[kinds[k]] + pipelined[kinds[k]] + request[kinds[k]], allocatable[kinds[k]]};
    }
    out[i] = balanced_score(std::span(usages).first(count)) * kPoint;
  }
}

}  // namespace basalt
