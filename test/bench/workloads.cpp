#include "bench/workloads.hpp"

#include <algorithm>

namespace basalt::bench {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20U;

ObjectMeta meta(const std::string& namespace_name, std::string name, std::int64_t second) {
  ObjectMeta made;
  made.namespace_name = namespace_name;
  made.uid = "uid-" + namespace_name + "-" + name;
  made.name = std::move(name);
  made.created = WallTime(std::chrono::seconds(second));
  return made;
}

PodObject pod(const Workload& workload, std::uint32_t i, const std::string& name, std::uint32_t spec) {
  PodObject made;
  made.meta = meta("default", name, i);
  made.scheduler_name = "basalt";
  // Templates differ in what they ask for: 100m..1000m, and a multiple of 8 MiB.
  made.scoring_cpu = 100 + 100 * (spec % 10);
  made.scoring_memory = 8 * kMiB * (1 + spec % 512);
  made.request = {{"cpu", made.scoring_cpu}, {"memory", made.scoring_memory}};
  static_cast<void>(workload);
  return made;
}

}  // namespace

std::vector<Workload> workloads() {
  return {
      {"basic-500-1k", 500, 1'000, 10, 0, 1},        {"basic-5k-10k", 5'000, 10'000, 10, 0, 1},
      {"gangs-500-5k", 500, 5'000, 10, 50, 3},       {"gangs-1k-10k", 1'000, 10'000, 200, 50, 3},
      {"big-gang-5k-1k", 5'000, 1'000, 1, 1'000, 1},
  };
}

Workload smoke_workload() { return {"smoke", 10, 100, 5, 10, 2}; }

std::vector<Delta> make_deltas(const Workload& workload) {
  std::vector<Delta> deltas;
  for (std::uint32_t i = 0; i < std::max(workload.queues, 1U); ++i) {
    QueueObject queue;
    queue.meta = meta("", i == 0 ? "default" : "queue-" + std::to_string(i), 0);
    deltas.emplace_back(Upserted{queue});
  }
  for (std::uint32_t i = 0; i < workload.nodes; ++i) {
    NodeObject node;
    std::string number = std::to_string(i);
    node.meta = meta("", "node-" + std::string(6 - std::min<std::size_t>(6, number.size()), '0') + number, 0);
    node.allocatable = {{"cpu", 64'000}, {"memory", 256 * 1024 * kMiB}, {"pods", 110}};
    deltas.emplace_back(Upserted{node});
  }
  if (workload.gang_size == 0) {
    for (std::uint32_t i = 0; i < workload.pods; ++i) {
      deltas.emplace_back(Upserted{pod(workload, i, "pod-" + std::to_string(i), i % workload.specs)});
    }
    return deltas;
  }
  for (std::uint32_t gang = 0; gang * workload.gang_size < workload.pods; ++gang) {
    PodGroupObject group;
    group.meta = meta("default", "gang-" + std::to_string(gang), gang);
    group.min_member = static_cast<std::int32_t>(workload.gang_size);
    const std::uint32_t queue = gang % std::max(workload.queues, 1U);
    group.queue = queue == 0 ? "default" : "queue-" + std::to_string(queue);
    deltas.emplace_back(Upserted{group});
    for (std::uint32_t i = 0; i < workload.gang_size; ++i) {
      PodObject member = pod(workload, gang, group.meta.name + "-worker-" + std::to_string(i), gang % workload.specs);
      member.meta.annotations = {{"scheduling.k8s.io/group-name", group.meta.name}};
      deltas.emplace_back(Upserted{member});
    }
  }
  return deltas;
}

}  // namespace basalt::bench
