#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/view/snapshot.hpp"

namespace basalt::view {

/// A node, and how much of one resource the pods on it ask for.
struct NodeBar {
  std::string name;
  std::int64_t used = 0;  ///< in the unit of the resource; more than `size` only if somebody over-committed the node
  std::int64_t size = 0;  ///< allocatable
  bool open = true;       ///< false: cordoned, or tainted so that ordinary pods do not come
  std::vector<std::pair<std::string, int>> tenants;  ///< workloads by name, and how many pods of each are here
};

/// A queue, and what the pods of its workloads ask for.
struct QueueLine {
  std::string name;
  std::int32_t weight = 1;
  std::string state;
  std::int64_t used = 0;   ///< by pods on nodes, in the unit of the resource
  std::int64_t limit = 0;  ///< capability of the resource; 0: none stated
  int placed = 0;          ///< pods on nodes that have not ended
  int waiting = 0;         ///< pods on no node
};

/// Pods that belong together: a gang (the pods of a PodGroup), or those of one controller, or a lone pod.
struct Workload {
  std::string space;
  std::string name;
  std::string queue;
  bool gang = false;
  std::string phase;      ///< of the PodGroup; empty when it has none yet
  int minimum = 0;        ///< of a gang
  int placed = 0;         ///< pods that are or were on a node
  int ended = 0;          ///< of those
  int waiting = 0;        ///< pods on no node
  std::string hindrance;  ///< why pods wait, as the scheduler wrote it; empty: nothing waits, or nobody has said why

  [[nodiscard]] int members() const { return placed + waiting; }
  bool operator==(const Workload&) const = default;
};

/// What the view shows of a cluster.
struct Picture {
  std::string resource;  ///< what the amounts of nodes and queues are of
  std::vector<NodeBar> nodes;
  std::vector<QueueLine> queues;
  std::vector<Workload> workloads;  ///< gangs first, else by namespace and name

  [[nodiscard]] const Workload* find(const std::string& space, const std::string& name) const;
};

/// Works out the picture. Pods for kube-scheduler (schedulerName "default-scheduler" and no PodGroup) count on their
/// nodes, but are no workload here. Pods without a PodGroup belong to the queue that their annotation names, else to
/// "default".
Picture picture_of(const Snapshot& snapshot, const std::string& resource);

}  // namespace basalt::view
