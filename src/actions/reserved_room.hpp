#pragma once

#include <vector>

#include "basalt/framework/session.hpp"

/// Room that is reserved: how its holder takes it, and who may use it until then.
namespace basalt {

/// Binds a job to the very places that it holds, if that makes it ready. The search for places counts the
/// reservations of all others against a job, those of jobs behind it included; where several have reserved on one node
/// what is not free yet, they would wait for each other. So here the first in job order may take what is idle, and
/// each next one what those before it leave. Whether it did.
bool take_reserved_room(Session& session, JobId job);

/// Whether a job holds reservations, and no filter refuses any of the places for good.
[[nodiscard]] bool can_become_binds(const Session& session, JobId job);

/// What jobs among `holders` have reserved and will not need before `job`, placed now, has ended: by
/// its running estimate and those of the tasks that they wait for. None: one of them is not known.
[[nodiscard]] std::vector<TaskId> reserved_for_later(const Session& session, JobId job,
                                                     const std::vector<JobId>& holders);

/// Gives reservations up in `tx`, and says where each was.
std::vector<NodeId> take_away(const Cluster& cluster, const std::vector<TaskId>& reserved, Transaction& tx);

}  // namespace basalt
