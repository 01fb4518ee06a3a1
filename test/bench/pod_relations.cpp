#include "bench/pod_relations.hpp"

#include <algorithm>

namespace basalt::bench {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
constexpr const char* kHostname = "kubernetes.io/hostname";
constexpr const char* kZone = "topology.kubernetes.io/zone";
constexpr std::uint32_t kNamespaces = 100;  // of the workload with a namespace selector

ObjectMeta meta(std::string namespace_name, std::string name, std::int64_t second) {
  ObjectMeta made;
  made.uid = "uid-" + namespace_name + "-" + name;
  made.namespace_name = std::move(namespace_name);
  made.name = std::move(name);
  made.created = WallTime(std::chrono::seconds(second));
  return made;
}

std::string node_name(std::uint32_t i) {
  const std::string number = std::to_string(i);
  return "node-" + std::string(6 - std::min<std::size_t>(6, number.size()), '0') + number;
}

PodAffinityTermText term(const char* topology_key) {
  PodAffinityTermText made;
  made.selector.emplace();
  made.selector->match_labels = {{"color", "blue"}};
  made.namespaces = {"sched-0", "sched-1"};
  made.topology_key = topology_key;
  return made;
}

void relate(PodRelation relation, PodObject& pod) {
  switch (relation) {
    case PodRelation::none: break;
    case PodRelation::affinity: pod.required_affinity = {term(kZone)}; break;
    case PodRelation::anti_affinity: pod.required_anti_affinity = {term(kHostname)}; break;
    case PodRelation::anti_affinity_by_namespace_labels:
      pod.required_anti_affinity = {term(kHostname)};
      pod.required_anti_affinity.front().namespaces.clear();
      pod.required_anti_affinity.front().namespace_selector.emplace();
      pod.required_anti_affinity.front().namespace_selector->match_labels = {{"team", "devops"}};
      break;
    case PodRelation::preferred_affinity: pod.preferred_affinity = {{1, term(kHostname)}}; break;
    case PodRelation::preferred_anti_affinity: pod.preferred_anti_affinity = {{1, term(kHostname)}}; break;
    case PodRelation::spread:
    case PodRelation::preferred_spread: {
      TopologySpreadText& spread = pod.topology_spread.emplace_back();
      spread.max_skew = 5;
      spread.topology_key = kZone;
      spread.hard = relation == PodRelation::spread;
      spread.selector = term(kZone).selector;
      break;
    }
  }
}

bool by_namespace(const Workload& workload) {
  return workload.relation == PodRelation::anti_affinity_by_namespace_labels;
}

PodObject pod(const Workload& workload, std::uint32_t i) {
  PodObject made;
  const bool is_placed = i < workload.placed;
  const std::string name_space = by_namespace(workload) ? "init-ns-" + std::to_string(i % kNamespaces)
                                                        : std::string(is_placed ? "sched-0" : "sched-1");
  made.meta = meta(name_space, "pod-" + std::to_string(i), i);
  made.scheduler_name = "basalt";
  made.scoring_cpu = 100;
  made.scoring_memory = 500 * kMiB;
  made.request = {{"cpu", made.scoring_cpu}, {"memory", made.scoring_memory}};
  if (is_placed) {
    made.node_name = node_name(i % workload.nodes);
    made.phase = PodPhase::running;
  }
  // Pods that spread are placed beside others that have nothing to do with them.
  const bool spreads = workload.relation == PodRelation::spread || workload.relation == PodRelation::preferred_spread;
  if (is_placed && spreads) return made;
  made.meta.labels = {{"color", "blue"}};
  relate(workload.relation, made);
  return made;
}

}  // namespace

std::vector<Workload> pod_relation_workloads() {
  const auto make = [](std::string name, PodRelation relation, std::uint32_t nodes, std::uint32_t placed,
                       std::uint32_t pods) {
    Workload workload;
    workload.name = std::move(name);
    workload.nodes = nodes;
    workload.pods = pods;
    workload.relation = relation;
    workload.placed = placed;
    workload.brute_force_too = pods <= 2'000;
    return workload;
  };
  return {
      make("pod-anti-affinity-5k-2k", PodRelation::anti_affinity, 5'000, 1'000, 2'000),
      make("pod-affinity-5k-5k", PodRelation::affinity, 5'000, 5'000, 5'000),
      make("pod-anti-affinity-ns-selector-6k-2k", PodRelation::anti_affinity_by_namespace_labels, 6'000, 4'000, 2'000),
      make("preferred-pod-affinity-5k-5k", PodRelation::preferred_affinity, 5'000, 5'000, 5'000),
      make("preferred-pod-anti-affinity-5k-5k", PodRelation::preferred_anti_affinity, 5'000, 5'000, 5'000),
      make("topology-spread-5k-5k", PodRelation::spread, 5'000, 5'000, 5'000),
      make("preferred-topology-spread-5k-5k", PodRelation::preferred_spread, 5'000, 5'000, 5'000),
  };
}

std::vector<Delta> make_related_world(const Workload& workload) {
  std::vector<Delta> deltas;
  QueueObject queue;
  queue.meta = meta("", "default", 0);
  deltas.emplace_back(Upserted{queue});
  for (std::uint32_t i = 0; by_namespace(workload) && i < kNamespaces; ++i) {
    NamespaceObject name_space;
    name_space.meta = meta("", "init-ns-" + std::to_string(i), 0);
    name_space.meta.labels = {{"team", "devops"}};
    deltas.emplace_back(Upserted{name_space});
  }
  for (std::uint32_t i = 0; i < workload.nodes; ++i) {
    NodeObject node;
    node.meta = meta("", node_name(i), 0);
    const std::uint32_t zone = workload.relation == PodRelation::affinity ? 0 : i % 3;
    node.meta.labels = {{kHostname, node_name(i)}, {kZone, "zone-" + std::to_string(zone)}};
    node.allocatable = {{"cpu", 4'000}, {"memory", 32 * 1024 * kMiB}, {"pods", 110}};
    deltas.emplace_back(Upserted{node});
  }
  for (std::uint32_t i = 0; i < workload.placed; ++i) deltas.emplace_back(Upserted{pod(workload, i)});
  return deltas;
}

std::vector<Delta> make_related_pods(const Workload& workload) {
  std::vector<Delta> deltas;
  for (std::uint32_t i = 0; i < workload.pods; ++i) deltas.emplace_back(Upserted{pod(workload, workload.placed + i)});
  return deltas;
}

}  // namespace basalt::bench
