#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "basalt/model/delta.hpp"

namespace basalt::bench {

/// What the pods of a workload ask of each other.
enum class PodRelation : std::uint8_t {
  none,
  affinity,
  anti_affinity,
  anti_affinity_by_namespace_labels,
  preferred_affinity,
  preferred_anti_affinity,
  spread,
  preferred_spread,
};

/// Nodes of 64 cpu and 256 GiB, queues of equal weight, and what is to be placed on them: pods
/// of 100m to 1 cpu and up to 4 GiB. Everything follows from the numbers: no chance.
struct Workload {
  std::string name;
  std::uint32_t nodes = 0;
  std::uint32_t pods = 0;
  std::uint32_t specs = 1;      ///< distinct pod templates
  std::uint32_t gang_size = 0;  ///< 0: bare pods
  std::uint32_t queues = 1;
  bool brute_force_too = false;  ///< small enough for the plain path
  /// A gang of each template is placed before the clock starts, so that what nodes say is known.
  bool warm = false;
  PodRelation relation = PodRelation::none;
  std::uint32_t placed = 0;  ///< pods that run already, beside `pods`; with relations only
};

/// The workloads of docs/performance.md that are placed in one go.
std::vector<Workload> workloads();
/// Node counts from 1,000 to 20,000 with one pod in five to a node: what the size of a cluster costs a pod.
std::vector<Workload> scaling_workloads();
/// Small enough to run with sanitizers in a second.
Workload smoke_workload();

/// Queues and nodes.
std::vector<Delta> make_world(const Workload& workload);
/// HyperNodes for so many nodes of a workload: racks of 40, rows of ten racks, and one hall.
std::vector<Delta> make_hyper_nodes(std::uint32_t nodes);
/// What is to be placed; names begin with `prefix`, `offset` shifts creation times.
std::vector<Delta> make_pods(const Workload& workload, const std::string& prefix, std::uint32_t pods);

/// A full cluster in which nothing moves but one pod at a time.
struct IdleWorkload {
  std::uint32_t nodes = 0;
  std::uint32_t running_gangs = 0;  ///< of 50 pods of 6 cpu, spread evenly
  std::uint32_t blocked_jobs = 0;   ///< each of one pod that no node has room for
  std::uint32_t specs = 1;          ///< templates among the blocked
  std::uint32_t cycles = 0;         ///< in each of which one running pod finishes
};
[[nodiscard]] IdleWorkload idle_workload();
[[nodiscard]] IdleWorkload idle_smoke_workload();
std::vector<Delta> make_idle_world(const IdleWorkload& workload);
/// The pod that finishes in a cycle.
PodObject finishing_pod(const IdleWorkload& workload, std::uint32_t cycle);

}  // namespace basalt::bench
