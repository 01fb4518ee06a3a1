#pragma once

#include <cstddef>
#include <string>

#include "basalt/framework/session.hpp"

namespace basalt {

/// How whole jobs are given room.
struct GangEvictionRules {
  std::string reason;           ///< the action's name
  bool allow_whole = true;      ///< jobs may be evicted as a whole
  std::size_t max_domains = 8;  ///< so many are tried for a job
};

/// Makes room for all pending tasks of a starving job at once: as few bundles as let the job be kept
/// (`job_pipelined`), and of them only what its places need. A job that has parts gets it in the first of
/// the domains for evictions (HyperNodeGradient) in which that is possible, each part in one of its
/// own; for other jobs the cluster is the only domain. Commits evictions and reservations, or does
/// nothing: false. Source: Volcano's gangpreempt and gangreclaim.
bool make_room_for_gang(Session& session, const EvictionContext& context, const GangEvictionRules& rules);

}  // namespace basalt
