#include "bench/workloads.hpp"

#include <algorithm>

#include "bench/pod_relations.hpp"

namespace basalt::bench {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
constexpr std::uint32_t kRunningGangSize = 50;

ObjectMeta meta(const std::string& namespace_name, std::string name, std::int64_t second) {
  ObjectMeta made;
  made.namespace_name = namespace_name;
  made.uid = "uid-" + namespace_name + "-" + name;
  made.name = std::move(name);
  made.created = WallTime(std::chrono::seconds(second));
  return made;
}

/// A name whose order as text is that of the number.
std::string numbered(const std::string& stem, std::uint32_t number) {
  const std::string digits = std::to_string(number);
  return stem + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;
}

/// Templates differ in what they ask for: 100m..1000m, and a multiple of 8 MiB.
PodObject pod(std::uint32_t second, const std::string& name, std::uint32_t spec) {
  PodObject made;
  made.meta = meta("default", name, second);
  made.scheduler_name = "basalt";
  made.scoring_cpu = 100 + 100 * (spec % 10) + spec / 5120;
  made.scoring_memory = 8 * kMiB * (1 + spec % 512);
  made.request = {{"cpu", made.scoring_cpu}, {"memory", made.scoring_memory}};
  return made;
}

PodGroupObject gang(const std::string& name, std::uint32_t second, std::uint32_t size, std::uint32_t queue) {
  PodGroupObject group;
  group.meta = meta("default", name, second);
  group.min_member = static_cast<std::int32_t>(size);
  group.queue = queue == 0 ? "default" : "queue-" + std::to_string(queue);
  return group;
}

PodObject member_of(const PodGroupObject& group, PodObject member) {
  member.meta.annotations = {{"scheduling.k8s.io/group-name", group.meta.name}};
  return member;
}

/// A pod of a running gang of the idle cluster: gangs are spread so that each node has equally many.
PodObject running_pod(const IdleWorkload& workload, std::uint32_t number) {
  const std::uint32_t of_gang = number / kRunningGangSize;
  PodObject made =
      pod(of_gang, "running-" + std::to_string(of_gang) + "-worker-" + std::to_string(number % kRunningGangSize), 0);
  made.scoring_cpu = 6000;
  made.request = {{"cpu", made.scoring_cpu}, {"memory", made.scoring_memory}};
  made.meta.annotations = {{"scheduling.k8s.io/group-name", "running-" + std::to_string(of_gang)}};
  made.node_name = numbered("node-", number % workload.nodes);
  made.phase = PodPhase::running;
  return made;
}

}  // namespace

std::vector<Workload> workloads() {
  std::vector<Workload> all = {
      {"basic-500-1k", 500, 1'000, 10, 0, 1, true},
      {"basic-5k-10k", 5'000, 10'000, 10, 0, 1, true},
      {"gangs-1k-10k", 1'000, 10'000, 200, 50, 3, true},
      {"gangs-10k-100k", 10'000, 100'000, 200, 50, 3},
      {"gangs-10k-100k-10specs", 10'000, 100'000, 10, 50, 3},
      {"gangs-10k-100k-5kspecs", 10'000, 100'000, 5'000, 20, 3},
      {"big-gangs", 5'000, 50'000, 10, 5'000, 1},
      {"big-gang-5k-1k", 5'000, 1'000, 1, 1'000, 1, true},
      {"big-gang-5k-1k-warm", 5'000, 1'000, 1, 1'000, 1, false, true},
  };
  for (Workload& workload : pod_relation_workloads()) all.push_back(std::move(workload));
  return all;
}

std::vector<Workload> scaling_workloads() {
  std::vector<Workload> scaling;
  for (const std::uint32_t nodes : {1'000U, 2'000U, 5'000U, 10'000U, 20'000U}) {
    scaling.push_back({"scaling-" + std::to_string(nodes / 1000) + "k", nodes, nodes * 5, 10, 50, 1});
  }
  return scaling;
}

Workload smoke_workload() { return {"smoke", 10, 100, 5, 10, 2, true}; }

IdleWorkload idle_workload() { return {10'000, 2'000, 5'000, 50, 1'000}; }
IdleWorkload idle_smoke_workload() { return {50, 10, 25, 5, 5}; }

std::vector<Delta> make_world(const Workload& workload) {
  if (workload.relation != PodRelation::none) return make_related_world(workload);
  std::vector<Delta> deltas;
  for (std::uint32_t i = 0; i < std::max(workload.queues, 1U); ++i) {
    QueueObject queue;
    queue.meta = meta("", i == 0 ? "default" : "queue-" + std::to_string(i), 0);
    deltas.emplace_back(Upserted{queue});
  }
  for (std::uint32_t i = 0; i < workload.nodes; ++i) {
    NodeObject node;
    node.meta = meta("", numbered("node-", i), 0);
    node.allocatable = {{"cpu", 64'000}, {"memory", 256 * 1024 * kMiB}, {"pods", 110}};
    deltas.emplace_back(Upserted{node});
  }
  return deltas;
}

std::vector<Delta> make_hyper_nodes(std::uint32_t nodes) {
  constexpr std::uint32_t kNodesOfARack = 40;
  constexpr std::uint32_t kRacksOfARow = 10;
  std::vector<Delta> deltas;
  const auto add = [&](const std::string& name, std::int32_t tier, const std::string& stem, std::uint32_t first,
                       std::uint32_t end) {
    HyperNodeObject made;
    made.meta = meta("", name, 0);
    made.tier = tier;
    for (std::uint32_t i = first; i < end; ++i) made.members.push_back({tier == 1, numbered(stem, i), {}, {}});
    deltas.emplace_back(Upserted{made});
  };
  const auto add_level = [&](const std::string& stem, std::int32_t tier, const std::string& below,
                             std::uint32_t members, std::uint32_t size) {
    std::uint32_t number = 0;
    for (; number * size < members; ++number) {
      add(numbered(stem, number), tier, below, number * size, std::min(members, (number + 1) * size));
    }
    return number;
  };
  const std::uint32_t racks = add_level("rack-", 1, "node-", nodes, kNodesOfARack);
  const std::uint32_t rows = add_level("row-", 2, "rack-", racks, kRacksOfARow);
  add("hall", 3, "row-", 0, rows);
  return deltas;
}

std::vector<Delta> make_pods(const Workload& workload, const std::string& prefix, std::uint32_t pods) {
  if (workload.relation != PodRelation::none) return make_related_pods(workload);
  std::vector<Delta> deltas;
  if (workload.gang_size == 0) {
    for (std::uint32_t i = 0; i < pods; ++i) {
      deltas.emplace_back(Upserted{pod(i, prefix + "pod-" + std::to_string(i), i % workload.specs)});
    }
    return deltas;
  }
  for (std::uint32_t i = 0; i * workload.gang_size < pods; ++i) {
    const PodGroupObject group = gang(prefix + "gang-" + std::to_string(i), i, workload.gang_size, i % workload.queues);
    deltas.emplace_back(Upserted{group});
    for (std::uint32_t k = 0; k < workload.gang_size; ++k) {
      const std::string name = group.meta.name + "-worker-" + std::to_string(k);
      deltas.emplace_back(Upserted{member_of(group, pod(i, name, i % workload.specs))});
    }
  }
  return deltas;
}

std::vector<Delta> make_idle_world(const IdleWorkload& workload) {
  std::vector<Delta> deltas = make_world({"idle", workload.nodes, 0, 1, 0, 1});
  for (std::uint32_t i = 0; i < workload.running_gangs; ++i) {
    deltas.emplace_back(Upserted{gang("running-" + std::to_string(i), i, kRunningGangSize, 0)});
    for (std::uint32_t k = 0; k < kRunningGangSize; ++k) {
      deltas.emplace_back(Upserted{running_pod(workload, i * kRunningGangSize + k)});
    }
  }
  for (std::uint32_t i = 0; i < workload.blocked_jobs; ++i) {
    const PodGroupObject group = gang("blocked-" + std::to_string(i), workload.running_gangs + i, 1, 0);
    PodObject blocked = pod(workload.running_gangs + i, group.meta.name + "-worker-0", i % workload.specs);
    blocked.scoring_cpu = 40'000 + i % workload.specs;
    blocked.request = {{"cpu", blocked.scoring_cpu}, {"memory", blocked.scoring_memory}};
    deltas.emplace_back(Upserted{group});
    deltas.emplace_back(Upserted{member_of(group, blocked)});
  }
  return deltas;
}

PodObject finishing_pod(const IdleWorkload& workload, std::uint32_t cycle) {
  // One of another gang and node each time.
  const std::uint32_t gangs = workload.running_gangs;
  PodObject finished = running_pod(workload, (cycle % gangs) * kRunningGangSize + cycle / gangs);
  finished.phase = PodPhase::succeeded;
  return finished;
}

}  // namespace basalt::bench
