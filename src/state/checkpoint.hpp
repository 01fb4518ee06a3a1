#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "basalt/model/objects.hpp"
#include "basalt/model/rows.hpp"
#include "state/ownership.hpp"

namespace basalt {

/// The state as a value, without ids: rows name each other by key or by position. Symbols and resource kinds keep their
/// numbers, so rows are carried as they are; the ids inside rows are empty. Sorted by key, so that two states that know
/// the same are equal as checkpoints, whatever their histories.
struct Checkpoint {
  /// A pod's row and where it stands. The row's job is that of the pod's group.
  struct TaskEntry {
    Task row;
    std::uint32_t spec = 0;    ///< position in `specs`
    std::uint32_t labels = 0;  ///< position in `label_sets`
    TaskStatus status = TaskStatus::pending;
    std::string node;  ///< empty: none
  };
  /// What is known of a pod, placements that were only assumed included.
  struct PodEntry {
    std::string key, uid, group;
    PodPhase phase = PodPhase::pending;
    std::string node_name;
    bool deleting = false, binding = false, evicting = false;
    std::optional<PodObject> object;
    std::string uncountable_on;
    std::optional<TaskEntry> task;
  };
  struct JobEntry {
    Job row;
    JobPhase phase = JobPhase::pending;
  };
  struct GroupEntry {
    std::string key;
    std::optional<PodGroupObject> object;
    std::string rejection;
    std::optional<Job> implicit_row;
    std::uint64_t members = 0;
    std::optional<JobEntry> job;
  };

  Ownership ownership;
  std::vector<std::string> symbols;  ///< in the order of their numbers
  std::vector<std::string> kinds;    ///< resource kinds, in the order of their numbers
  std::vector<PriorityClassObject> priority_classes;
  std::vector<ClaimObject> claims;
  std::vector<VolumeObject> volumes;
  std::vector<StorageClassObject> storage_classes;
  std::vector<NamespaceObject> namespaces;
  std::vector<Queue> queues;
  std::vector<Node> nodes;  ///< placeholders included
  std::vector<HyperNodeObject> hyper_nodes;
  std::vector<Spec> specs;  ///< in the order in which pods first use them
  std::vector<PodLabels> label_sets;
  std::vector<GroupEntry> groups;
  std::vector<PodEntry> pods;
  std::vector<ResourceQuotaObject> resource_quotas;
  std::vector<NumatopologyObject> numatopologies;
};

}  // namespace basalt
