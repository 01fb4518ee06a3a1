#pragma once

#include <string>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Makes room for all pending tasks of a starving job at once, in the cluster as one domain: as
/// few bundles as let the job be kept (`job_pipelined`), and of them only what its places need.
/// Commits evictions and reservations, or does nothing.
///
/// `reason` is the action's name. `allow_whole`: jobs may be evicted as a whole.
void make_room_for_gang(Session& session, const EvictionContext& context, bool allow_whole, const std::string& reason);

}  // namespace basalt
