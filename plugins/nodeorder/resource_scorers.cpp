#include "plugins/nodeorder/resource_scorers.hpp"

#include <array>

#include "plugins/nodeorder/resource_scores.hpp"

namespace basalt {

void AllocationTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::int64_t cpu = task.spec.scoring_cpu;
  const std::int64_t memory = task.spec.scoring_memory;
  const bool prefers_free = preference_ == Preference::least_allocated;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ScoringSums::Sums& sums = sums_[nodes[i]];
    const std::array<Usage, 2> kinds = {Usage{sums.cpu + cpu, cluster_.allocatable(nodes[i], kCpu)},
                                        Usage{sums.memory + memory, cluster_.allocatable(nodes[i], kMemory)}};
    out[i] = (prefers_free ? least_allocated_score(kinds) : most_allocated_score(kinds)) * kPoint;
  }
}

BalanceTerm::BalanceTerm(const Cluster& cluster, std::int64_t weight)
    : cluster_(cluster), weight_(weight), gpu_(cluster.schema().find("nvidia.com/gpu")) {}

bool BalanceTerm::applies(const Spec& spec) const {
  return spec.request[kCpu] > 0 || spec.request[kMemory] > 0 || asks_for_gpu(spec);
}

void BalanceTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::array<Dimension, 3> kinds = {kCpu, kMemory, gpu_.value_or(kCpu)};
  const std::size_t count = asks_for_gpu(task.spec) ? 3 : 2;
  std::array<Usage, 3> usages{};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    bool is_plain = count == 2;  // as nearly always
    for (std::size_t k = 0; k < count; ++k) {
      const Dimension kind = kinds[k];
      usages[k] = {cluster_.used(nodes[i], kind) + cluster_.pipelined(nodes[i], kind) + task.spec.request[kind],
                   cluster_.allocatable(nodes[i], kind)};
      is_plain = is_plain && usages[k].used <= usages[k].allocatable && usages[k].allocatable > 0;
    }
    const std::int64_t points =
        is_plain ? balance_of_two(usages[0], usages[1]) : balanced_score(std::span(usages).first(count));
    out[i] = points * kPoint;
  }
}

}  // namespace basalt
