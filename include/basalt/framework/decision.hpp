#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "basalt/model/ids.hpp"
#include "basalt/model/resources.hpp"
#include "basalt/model/rows.hpp"

/// What a cycle decided, as plain values. Nothing else leaves a session. The same values are
/// assumed by the state, carried out by the binder, printed, compared and replayed.
namespace basalt {

class Cluster;

/// Bind a task to a node, and merge these annotations into the pod.
struct Bind {
  TaskId task;
  NodeId node;
  StringPairs annotations;
  bool operator==(const Bind&) const = default;
};

/// Delete a pod to make room. `reason` is the action's name, as Volcano's events have it.
struct Evict {
  TaskId task;
  std::string reason;
  bool operator==(const Evict&) const = default;
};

/// A pending job may come in: its phase becomes Inqueue.
struct Enqueue {
  JobId job;
  bool operator==(const Enqueue&) const = default;
};

/// A task holds this much of a node from now on, until it is placed or released.
struct Reserve {
  TaskId task;
  NodeId node;
  bool in_advance = false;  ///< others still run there, and nobody has told them to leave
  bool operator==(const Reserve&) const = default;
};

/// A task gives its reservation up.
struct Release {
  TaskId task;
  bool operator==(const Release&) const = default;
};

/// A PodGroup's phase or counters differ from what its object says.
struct JobStatus {
  JobId job;
  JobPhase phase = JobPhase::pending;
  std::int32_t running = 0, succeeded = 0, failed = 0;
  bool operator==(const JobStatus&) const = default;
};

/// A condition of a PodGroup, decided anew when the set of reasons differs.
struct JobCondition {
  JobId job;
  ConditionText condition;
  bool operator==(const JobCondition&) const = default;
};

/// The PodScheduled condition of a pod that waits.
struct TaskCondition {
  TaskId task;
  std::string reason;
  std::string message;
  bool operator==(const TaskCondition&) const = default;
};

/// A queue's status.allocated differs from what its object says.
struct QueueStatus {
  QueueId queue;
  NamedAmounts allocated;
  bool operator==(const QueueStatus&) const = default;
};

using Decision =
    std::variant<Bind, Evict, Enqueue, Reserve, Release, JobStatus, JobCondition, TaskCondition, QueueStatus>;
using Decisions = std::vector<Decision>;

/// One line: "bind train-0 n1", "enqueue train", with names as the scenario format has them
/// (the namespace is left out when it is "default").
std::string print(const Decision& decision, const Cluster& cluster);
/// One decision a line.
std::string print(const Decisions& decisions, const Cluster& cluster);

/// A pod's, job's name as the text format has it: "name", or "namespace/name" outside "default".
std::string display_name(const std::string& namespace_name, const std::string& name);

}  // namespace basalt
