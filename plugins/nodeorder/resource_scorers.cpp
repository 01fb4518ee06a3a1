#include "plugins/nodeorder/resource_scorers.hpp"

#include <array>

#include "plugins/nodeorder/resource_scores.hpp"

namespace basalt {

namespace {

std::int64_t free_part(const Usage& kind) {
  return kind.used > kind.allocatable ? 0 : percent(kind.allocatable - kind.used, kind.allocatable);
}

bool is_over_committed(const Usage& kind) { return kind.used > kind.allocatable; }

}  // namespace

void AllocationTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const std::int64_t more_cpu = task.spec.scoring_cpu;
  const std::int64_t more_memory = task.spec.scoring_memory;
  const bool prefers_free = preference_ == Preference::least_allocated;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ScoringSums::Sums& sums = sums_[nodes[i]];
    const auto& allocatable = cluster_.amounts(nodes[i]).allocatable;
    const Usage cpu{sums.cpu + more_cpu, allocatable[kCpu]};
    const Usage memory{sums.memory + more_memory, allocatable[kMemory]};
    if (prefers_free && cpu.allocatable > 0 && memory.allocatable > 0) {  // as nearly always
      out[i] = (free_part(cpu) + free_part(memory)) / 2 * kPoint;
      continue;
    }
    const std::array kinds = {cpu, memory};
    out[i] = (prefers_free ? least_allocated_score(kinds) : most_allocated_score(kinds)) * kPoint;
  }
}

BalanceTerm::BalanceTerm(const Cluster& cluster, std::int64_t weight)
    : cluster_(cluster), weight_(weight), gpu_(cluster.schema().find("nvidia.com/gpu")) {}

bool BalanceTerm::applies(const Spec& spec) const {
  return spec.request[kCpu] > 0 || spec.request[kMemory] > 0 || asks_for_gpu(spec);
}

void BalanceTerm::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  const Resources& request = task.spec.request;
  const bool counts_gpu = asks_for_gpu(task.spec);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeAmounts& amounts = cluster_.amounts(nodes[i]);
    const auto usage = [&](Dimension kind) {
      return Usage{amounts.used[kind] + amounts.pipelined[kind] + request[kind], amounts.allocatable[kind]};
    };
    const Usage cpu = usage(kCpu);
    const Usage memory = usage(kMemory);
    const bool is_plain = !counts_gpu && cpu.allocatable > 0 && memory.allocatable > 0 && !is_over_committed(cpu) &&
                          !is_over_committed(memory);  // as nearly always
    if (is_plain) {
      out[i] = balance_of_two(cpu, memory) * kPoint;
      continue;
    }
    std::array<Usage, 3> usages = {cpu, memory};
    if (counts_gpu) {
      usages[2] = {cluster_.used(nodes[i], *gpu_) + cluster_.pipelined(nodes[i], *gpu_) + request[*gpu_],
                   cluster_.allocatable(nodes[i], *gpu_)};
    }
    out[i] = balanced_score(std::span(usages).first(counts_gpu ? 3 : 2)) * kPoint;
  }
}

}  // namespace basalt
