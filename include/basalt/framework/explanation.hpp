#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/resources.hpp"

/// Why jobs and pods wait, as values. Worked out anew from the tables whenever somebody asks; nothing is kept for it
/// between cycles, and nothing is decided by it.
namespace basalt {

/// What stands in the way of a job or pod: the first of these that applies.
enum class Hindrance : std::uint8_t {
  nothing,            ///< all that can be placed is placed, or will be in the next cycle
  gated,              ///< the pod has scheduling gates
  blocked,            ///< a constraint that cannot be met or is not evaluated, a claim or group that is missing
  no_queue,           ///< the queue does not exist
  not_enqueued,       ///< not let in
  gang_incomplete,    ///< pods of the gang do not exist yet
  not_valid,          ///< a plugin objects for another reason
  queue_share,        ///< the queue has used its share
  queue_limit,        ///< the queue may not hold that much more
  no_node,            ///< every node is refused by something else than what it has left
  no_room,            ///< nodes that would do have too little left
  reserved,           ///< there would be room but for reservations of others
  no_domain,          ///< its pods fit, but no HyperNode within its topology holds enough of them
  gang_does_not_fit,  ///< the pod finds a place, but not enough others of its gang do
  awaits_release,     ///< holds a reservation on what is being released
};
/// "no_room", ...
std::string_view to_string(Hindrance hindrance);

/// How many nodes gave a reason; the first few by name.
struct NodesByReason {
  std::string reason;
  std::uint32_t nodes = 0;
  std::vector<std::string> first;
  bool operator==(const NodesByReason&) const = default;
};

/// What lacks of one kind of resource, in its unit.
struct MissingAmount {
  std::string kind;
  std::int64_t asked = 0;
  std::int64_t on_nearest = 0;  ///< what `TaskExplanation::nearest_node` will have left
  std::int64_t missing = 0;     ///< of `asked`, on that node
  std::int64_t in_total = 0;    ///< what all nodes that would do have left together
  bool operator==(const MissingAmount&) const = default;
};

/// A bound that a queue would exceed, of one kind of resource.
struct ExceededBound {
  std::string queue;
  std::string bound;  ///< "capability", "deserved"
  std::string kind;
  std::int64_t limit = 0, held = 0, asked = 0;
  std::int64_t over = 0;  ///< held + asked - limit
  bool operator==(const ExceededBound&) const = default;
};

/// Who holds what is needed, on a node.
struct Holder {
  std::string job, node;
  bool operator==(const Holder&) const = default;
};

/// Pods of a role that a gang needs and that do not exist.
struct MissingMembers {
  std::string role;  ///< empty: of any
  std::int64_t there = 0, minimum = 0;
  bool operator==(const MissingMembers&) const = default;
};

/// The smallest change of a kind that would let it run, everything else as it is.
struct Remedy {
  enum class Kind : std::uint8_t {
    free_on_node,      ///< `amounts` more left on the node `object`
    add_nodes,         ///< `count` more nodes like `object`, empty
    raise_capability,  ///< of the queue `object`, to `amounts`
    lower_minimum,     ///< minMember of the job `object`, to `count`
    create_pods,       ///< `count` more pods
    end_reservation,   ///< of the job `object`
  };
  Kind kind = Kind::free_on_node;
  std::string object;
  NamedAmounts amounts;
  std::int64_t count = 0;
  bool operator==(const Remedy&) const = default;
};

/// Why pods of one template wait: they would get the same answers, so the first that finds no place speaks for them.
struct TaskExplanation {
  std::string name;                ///< of the first that waits, as in the text format
  std::vector<std::string> tasks;  ///< all that wait, in task order
  std::string role;
  NamedAmounts request;
  std::uint32_t placeable = 0;  ///< so many of them find a place before one does not
  Hindrance hindrance = Hindrance::nothing;
  std::string sentence;
  std::uint32_t nodes_asked = 0;
  std::vector<NodesByReason> nodes;  ///< most nodes first
  std::string nearest_node;          ///< the one that lacks least; empty: none comes into question
  std::vector<MissingAmount> missing;
  std::vector<ExceededBound> bounds;
  std::vector<Holder> holders;
  std::vector<std::string> reserved_on;  ///< nodes on which they hold reservations themselves, one a pod
  bool operator==(const TaskExplanation&) const = default;
};

/// A HyperNode in which a job was tried.
struct TriedDomain {
  std::string name;  ///< the topmost one is `Topology::kRootName`
  std::int32_t tier = 0;
  std::uint32_t nodes = 0;
  std::uint32_t placeable = 0;  ///< waiting pods that find a place in it together
  bool holds = false;           ///< that is enough of the job
  std::string lacks;            ///< what it says to the first pod that finds none
  bool operator==(const TriedDomain&) const = default;
};

/// A sub-group that is below its size.
struct IncompletePart {
  std::string name;  ///< of its policy, and the values of its labels
  std::int64_t exist = 0, ready = 0, reserved = 0, minimum = 0;
  bool operator==(const IncompletePart&) const = default;
};

/// Whether evictions could help: tried with one action, and undone.
struct EvictionOutlook {
  std::string action;
  std::vector<std::string> victims;  ///< the pods that would have to go, the first few
  std::uint32_t count = 0;           ///< how many they are
  std::vector<std::string> nodes;    ///< on which its pods would have places then, the first few
  std::string why_not;               ///< empty: it would make room
  bool operator==(const EvictionOutlook&) const = default;
};

/// Why a job waits.
struct JobExplanation {
  std::string name;  ///< as in the text format
  bool implicit = false;
  std::string queue, phase;
  std::uint64_t cycle = 0;  ///< as of the end of this cycle
  WallTime now{};
  std::int64_t minimum = 0, ready = 0, reserved = 0, pending = 0, exist = 0;
  std::uint32_t placeable = 0;  ///< pending pods that find a place, tried together
  Hindrance hindrance = Hindrance::nothing;
  std::string sentence;
  std::vector<MissingMembers> missing_members;
  std::vector<ExceededBound> bounds;
  std::vector<TaskExplanation> tasks;
  std::vector<TriedDomain> domains;  ///< of a job with parts: the few with most places first, then as they are tried
  std::uint32_t domains_tried = 0;
  std::vector<IncompletePart> parts;
  std::uint32_t parts_missing = 0;  ///< sub-groups that its policies want complete, and are not
  std::vector<EvictionOutlook> evictions;
  std::vector<Remedy> remedies;
  bool operator==(const JobExplanation&) const = default;
};

/// Why a job waits, tried in `session` as an action would: everything is rolled back. REQUIRES: the job exists, and no
/// transaction is open.
[[nodiscard]] JobExplanation explain(Session& session, JobId job);

/// Jobs with pods that wait, in their order.
[[nodiscard]] std::vector<JobId> waiting_jobs(const Session& session);

/// The job or pod of a name ("name", or "namespace/name" outside "default"); none: there is none. Of jobs, PodGroups
/// come before implicit groups.
[[nodiscard]] JobId find_job(const Cluster& cluster, std::string_view name);
[[nodiscard]] TaskId find_task(const Cluster& cluster, std::string_view name);

/// The part of an explanation that concerns one of the job's pods; null when it does not wait.
[[nodiscard]] const TaskExplanation* find_task(const JobExplanation& job, std::string_view name);

/// For people, some lines.
[[nodiscard]] std::string print(const JobExplanation& job);
/// One line: name, hindrance, sentence.
[[nodiscard]] std::string print_line(const JobExplanation& job);
/// The same as one JSON object; amounts are integers in their units (cpu in milli).
[[nodiscard]] std::string print_json(const JobExplanation& job);

}  // namespace basalt
