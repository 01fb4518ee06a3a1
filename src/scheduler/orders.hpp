#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapter/event_correlator.hpp"
#include "adapter/recent_map.hpp"
#include "adapter/write_bodies.hpp"
#include "basalt/framework/decision.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/objects.hpp"

/// Decisions with the names in place of the ids: what threads other than the scheduler's can carry out.
namespace basalt {

/// Which pod, PodGroup or queue. The uid keeps a write from reaching a later object of the same name.
struct ObjectName {
  std::string space;  ///< namespace; empty for queues
  std::string name;
  std::string uid;
};

/// "namespace/name", for messages.
std::string to_string(const ObjectName& object);

struct BindOrder {
  ObjectName pod;
  std::string node;
  StringPairs annotations;  ///< merged into the pod
  std::string gang;         ///< equal for the pods that were placed together
};

struct EvictOrder {
  ObjectName pod;
  std::string reason;  ///< the action's name
};

/// Why a pod waits, and where it has a reservation; one of the two may be all there is to say.
struct PodConditionOrder {
  ObjectName pod;
  adapter::PodUnscheduledWrite write;         ///< an empty reason: the nomination alone
  std::optional<adapter::EventReport> event;  ///< says the same as the condition, once it is written
};
/// What is left to write when `newer` comes before `older` was written.
PodConditionOrder merge(PodConditionOrder older, PodConditionOrder newer);

struct PodGroupStatusOrder {
  ObjectName group;
  adapter::PodGroupStatusWrite write;
};

struct QueueStatusOrder {
  ObjectName queue;
  adapter::QueueStatusWrite write;
};

/// The newest one about an object says everything that older ones said; those about pods are merged.
using StatusOrder = std::variant<PodConditionOrder, PodGroupStatusOrder, QueueStatusOrder>;

/// What one cycle has to be written.
struct Orders {
  std::vector<BindOrder> binds;  ///< those of a gang stand together
  std::vector<EvictOrder> evictions;
  std::vector<StatusOrder> statuses;
  std::vector<adapter::EventReport> events;  ///< of what is true already
};

/// The subject of an event: everything but type, reason and message is filled in.
adapter::EventReport event_about(ObjectKind kind, const ObjectName& object, const std::string& component);

/// Turns decisions into orders. Remembers when conditions of PodGroups changed, which the tables do not hold. One
/// thread.
class OrderBook {
 public:
  /// `component`: whose name events bear, the scheduler's.
  explicit OrderBook(std::string component);

  /// REQUIRES: `cluster` is as it was when the session closed: what was decided is not assumed yet.
  Orders write(const Decisions& decisions, const Cluster& cluster, const Moment& moment);

 private:
  class Page;
  using Conditions = std::vector<adapter::PodGroupCondition>;

  std::string component_;
  adapter::RecentMap<Conditions> conditions_;  // as last written, by uid
};

}  // namespace basalt
