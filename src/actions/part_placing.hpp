#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actions/worklist.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Places for tasks of a job, and who has to go for them.
struct RoomPlan {
  std::vector<std::pair<TaskId, NodeId>> places;  ///< in the order in which they were found
  std::vector<TaskId> victims;
  Score score = 0;  ///< of the HyperNodes that the job's parts are in

  void append(const RoomPlan& other);
};

/// Evicts a plan's victims and reserves its places. REQUIRES: nothing has changed since it was made.
void carry_out(const RoomPlan& plan, const std::string& reason, Transaction& tx);

/// Reserves places for enough of a job that has parts within one domain, part by part, each part
/// within one of the domains that HyperNodeGradient gives for it inside the job's: of the first group
/// in which that is possible the one that costs least, then the one that scores highest, then the
/// lowest tier, then the first name. How a task gets its place is the caller's to say.
class PartPlacing {
 public:
  /// Reserves a place for a task on one of some nodes (in rank order) in the transaction, and adds it,
  /// and whoever was evicted for it, to the plan. False: nothing has changed.
  using MakePlace = std::function<bool(TaskId, std::span<const NodeId>, RoomPlan&)>;
  /// Whether the job has got enough.
  using IsEnough = std::function<bool()>;

  /// All must outlive it. `reason` is the action's name.
  PartPlacing(Session& session, JobId job, SearchPurpose purpose, Transaction& tx, const std::string& reason,
              MakePlace make_place, IsEnough is_enough);

  /// Nothing: the domain does not hold enough of what waits, and nothing has changed. A part gets
  /// its minimum (or one task more, when it has that) at a time, or nothing.
  std::optional<RoomPlan> place_within(HyperNodeId domain, JobWork work);

 private:
  bool place_part(Worklist& list, HyperNodeId within, RoomPlan& plan);
  std::optional<RoomPlan> place_part_in(Worklist& list, HyperNodeId domain);

  Session& session_;
  const Cluster& cluster_;
  JobId job_;
  SearchPurpose purpose_;
  Transaction& tx_;
  const std::string& reason_;
  MakePlace make_place_;
  IsEnough is_enough_;
};

}  // namespace basalt
