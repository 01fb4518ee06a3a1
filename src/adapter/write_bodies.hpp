#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/model/objects.hpp"
#include "basalt/model/resources.hpp"

/// JSON bodies of the writes a scheduler makes. All are patches or small new objects: what was decoded is lossy, so a
/// whole object is never written back. Pure functions, thread-safe; they cannot fail (text that is not UTF-8 has its
/// broken bytes replaced by U+FFFD). Each comment says the request that the body belongs to. Where there is a `uid`, it
/// is a precondition: when an object was re-created under the name, the answer is 422 "metadata.uid: field is
/// immutable" (seen on 1.20, built-in and custom kinds) or 409, and nothing is changed; empty leaves the check out.
namespace basalt::adapter {

/// What is done with status.nominatedNodeName.
enum class Nomination { keep, set, clear };

/// PodScheduled=False on a pod, and its nomination.
struct PodUnscheduledWrite {
  std::string uid;
  std::string reason;  ///< Unschedulable, Schedulable, SchedulerError
  std::string message;
  std::string previous_status;  ///< of the PodScheduled condition as last seen; empty: it had none
  WallTime now;                 ///< becomes lastTransitionTime exactly when the status was not "False" before
  Nomination nomination = Nomination::keep;
  std::string nominated_node = {};  ///< for Nomination::set
};
/// PATCH pods/<name>/status, strategic merge (conditions merge by type; fields left out stay).
std::string pod_unscheduled_patch(const PodUnscheduledWrite& write);

/// PATCH pods/<name>/status, strategic merge: only the nomination. REQUIRES: not Nomination::keep.
std::string pod_nomination_patch(const std::string& uid, Nomination nomination, const std::string& node);

/// The conditions an evicted pod gets before it is deleted: Ready=False with reason Evict, and DisruptionTarget=True
/// with reason PreemptionByScheduler (the names Volcano writes).
struct PodEvictedWrite {
  std::string uid;
  std::string ready_message;
  std::string disruption_message;
  std::string previous_ready, previous_disruption;  ///< statuses as last seen; empty: none
  WallTime now;                                     ///< lastTransitionTime of those that change
};
/// PATCH pods/<name>/status, strategic merge.
std::string pod_evicted_patch(const PodEvictedWrite& write);

/// One entry of status.conditions of a PodGroup.
struct PodGroupCondition {
  std::string type;  ///< Unschedulable or Scheduled
  std::string status;
  std::string transition_id;  ///< of the session that found it
  WallTime last_transition;
  std::string reason;
  std::string message;
};
struct PodGroupStatusWrite {
  std::string uid;
  std::string resource_version;  ///< precondition; empty: whatever the newest object is
  std::string phase;
  std::int32_t running = 0, succeeded = 0, failed = 0;
  std::vector<PodGroupCondition> conditions;  ///< all of them: a merge patch replaces the list
};
/// PATCH podgroups/<name> (there is no /status), merge patch. An empty phase deletes the one that is there.
std::string pod_group_status_patch(const PodGroupStatusWrite& write);

struct QueueStatusWrite {
  std::string uid;
  NamedAmounts allocated;
  NamedAmounts previous;  ///< as last seen: a kind that is no longer in `allocated` is deleted from the status
};
/// PATCH queues/<name>/status, merge patch.
std::string queue_status_patch(const QueueStatusWrite& write);

/// POST queues: the root of all queues (not reclaimable, weight 1), which Volcano's controllers expect.
std::string root_queue_body();
/// POST queues: the queue of groups that name none (reclaimable, weight 1).
std::string default_queue_body(const std::string& name);

/// PATCH events/<name>, strategic merge: the event happened again, as client-go writes it. Creation is
/// `kube::Client::create_event`.
std::string event_repeat_patch(std::int32_t count, WallTime last, const std::string& message);

}  // namespace basalt::adapter
