#pragma once

#include <optional>

#include "actions/task_placing.hpp"
#include "actions/worklist.hpp"
#include "basalt/framework/session.hpp"

namespace basalt {

/// Places a job that has parts: finds the HyperNode in which enough of the job can be placed, and
/// in it, part by part, the HyperNode in which enough of the part can be.
///
/// Plugins order the domains in groups (HyperNodeGradient), for the job and then for each part
/// inside the job's. The first group with a solution decides; in it the highest sum of the parts'
/// HyperNodeOrder scores wins, then the lowest tier, then the first name. Every try is undone; the
/// best one is done again in `tx`. A part is placed up to its minimum (or by one task more, when it
/// has that) or not at all; parts that the job's minima need come first.
///
/// Advances the lists in `work` as far as the winner did. Without a solution nothing is changed,
/// and the job's wait report says what the domains lack.
/// Source: Volcano's allocate for jobs with sub-group policies or hard topology.
Placements place_in_domains(Session& session, JobId job, JobWork& work, Transaction& tx);

}  // namespace basalt
