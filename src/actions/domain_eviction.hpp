#pragma once

#include <functional>

#include "actions/eviction_search.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Whether where tasks of a job may go depends on each other: a hard networkTopology or sub-groups.
[[nodiscard]] bool needs_domains(const Job& job);

/// Makes room for a starving job whose tasks belong in HyperNodes, as a whole, or does nothing: false.
///
/// The domains are those in which allocate would place the job, in its order (HyperNodeGradient): each
/// is tried for itself, part by part. The first group in which enough of the job can have places
/// decides; of its domains the one that costs least (`EvictionCost`), then the highest sum of the
/// parts' HyperNodeOrder scores, then the lowest tier, then the first name. Of all who would go for
/// the tasks one by one, those without whom everything fits as well are spared.
///
/// Tasks for which `may_try` is false are passed over. Reservations of the job that cannot come true
/// are given up first. REQUIRES: `needs_domains`.
bool make_room_in_domains(Session& session, EvictionSearch& search, JobId job,
                          const std::function<bool(TaskId)>& may_try);

}  // namespace basalt
