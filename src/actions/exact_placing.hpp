#pragma once

#include <optional>

#include "actions/task_placing.hpp"
#include "actions/worklist.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Places tasks of a part on the nodes of one domain such that the part has enough, where placing them one after the
/// other has failed because tasks of several sizes stood in each other's way: by looking at every way to share them out
/// (Packing), the way with most tasks first. Scores have no say. Exact while the ways can be counted, filters do not
/// depend on where the part's other tasks are, and no plugin refuses what it reserves.
///
/// `now`: everything is to be bound now, and is placed so in `tx`, when the part is ready. Otherwise what will be free
/// counts too, and nothing is placed: the answer is where the tasks could have reservations. Advances the list as far
/// as it came. Nothing: there is no such way, or all tasks are alike; nothing has changed.
[[nodiscard]] std::optional<Placements> place_exactly(Session& session, JobId job, Worklist& list, HyperNodeId domain,
                                                      bool now, Transaction& tx);

}  // namespace basalt
