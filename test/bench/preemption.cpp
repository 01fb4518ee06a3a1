#include "bench/preemption.hpp"

#include <cstdio>
#include <iostream>
#include <vector>

#include "bench/workloads.hpp"

namespace basalt::bench {
namespace {

constexpr std::uint32_t kVictimsOfANode = 10;
constexpr std::int64_t kNodeCpu = 64'000;
constexpr std::int64_t kNodeMemory = std::int64_t{256} << 30U;

std::string numbered(const std::string& stem, std::uint32_t number) {
  const std::string digits = std::to_string(1'000'000 + number);
  return stem + digits.substr(1);
}

/// Ten pods are created each second.
PodObject pod(const std::string& name, std::uint32_t second, std::int32_t priority, std::int64_t cpu) {
  PodObject made;
  made.meta.namespace_name = "default";
  made.meta.name = name;
  made.meta.uid = "uid-" + name;
  made.meta.created = WallTime(std::chrono::seconds(second));
  made.scheduler_name = "basalt";
  made.priority = priority;
  made.scoring_cpu = cpu;
  made.scoring_memory = kNodeMemory / kVictimsOfANode / 2;
  made.request = {{"cpu", cpu}, {"memory", made.scoring_memory}};
  return made;
}

std::vector<Delta> full_nodes(const PreemptionWorkload& workload) {
  std::vector<Delta> deltas;
  QueueObject queue;
  queue.meta.name = "default";
  queue.meta.uid = "uid-default";
  deltas.emplace_back(Upserted{queue});
  for (std::uint32_t i = 0; i < workload.nodes; ++i) {
    NodeObject node;
    node.meta.name = numbered("node-", i);
    node.meta.uid = "uid-" + node.meta.name;
    node.allocatable = {{"cpu", kNodeCpu}, {"memory", kNodeMemory}, {"pods", 110}};
    deltas.emplace_back(Upserted{node});
  }
  for (std::uint32_t i = 0; i < workload.nodes * kVictimsOfANode; ++i) {
    PodObject victim = pod("low-" + std::to_string(i), i / 10, 1, kNodeCpu / kVictimsOfANode);
    victim.node_name = numbered("node-", i % workload.nodes);
    victim.phase = PodPhase::running;
    deltas.emplace_back(Upserted{victim});
  }
  return deltas;
}

std::vector<Delta> preemptors(const PreemptionWorkload& workload) {
  std::vector<Delta> deltas;
  for (std::uint32_t i = 0; i < workload.preemptors; ++i) {
    const std::int64_t cpu = kNodeCpu / kVictimsOfANode - 100 * (i % workload.specs);
    deltas.emplace_back(Upserted{pod("high-" + std::to_string(i), 1'000'000 + i / 10, 1000, cpu)});
  }
  return deltas;
}

}  // namespace

PreemptionWorkload preemption_workload() { return {5'000, 2'000, 10}; }
PreemptionWorkload preemption_smoke_workload() { return {20, 30, 3}; }

bool measure_preemption(const std::string& name, const PreemptionWorkload& workload, PluginSet plugins) {
  Runner runner(stock_configuration("enqueue, allocate, preempt, backfill", plugins), Path::index);
  runner.apply(full_nodes(workload));
  if (plugins == PluginSet::topology) runner.apply(make_hyper_nodes(workload.nodes));
  runner.settle();
  runner.apply(preemptors(workload));
  Measurement measured;
  runner.cycle(measured);
  std::printf(
      R"({"workload":"%s","nodes":%u,"pods":%u,"specs":%u,"index":"cold","seconds":%.5f,"bound":%zu,"evicted":%zu,)"
      R"("cycles":%zu,"rescored":%llu,"rss_mib":%zu,"digest":"%016llx","preemptors":%u})"
      "\n",
      name.c_str(), workload.nodes, workload.nodes * kVictimsOfANode, workload.specs, measured.seconds, measured.bound,
      measured.evicted, measured.cycles, static_cast<unsigned long long>(measured.rescored), resident_mib(),
      static_cast<unsigned long long>(measured.digest), workload.preemptors);
  std::fflush(stdout);
  if (measured.evicted != workload.preemptors) std::cerr << name << ": expected one victim for each\n";
  Measurement after;
  runner.cycle(after);
  if (after.evicted > 0) std::cerr << name << ": evicted more while the victims leave\n";
  for (const std::string& violation : measured.violations) std::cerr << name << ": " << violation << "\n";
  return measured.violations.empty() && measured.evicted == workload.preemptors && after.evicted == 0;
}

}  // namespace basalt::bench
