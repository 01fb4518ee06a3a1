#pragma once

#include <string>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Why a gang is not scheduled, for its PodGroup's condition:
/// "3/5 tasks in gang unschedulable: pod group is not ready, 2 Running, 3 Pending, 5 minAvailable;
/// Pending: 3 Unschedulable. Origin reason is: 0/2 nodes are unavailable: 2 Insufficient cpu."
///
/// The head is Volcano's, which users search for; the rest always comes in the same order
/// (statuses by their place in a task's life, then what was noted first), so that a message
/// changes when the reasons do and not otherwise. Blockers of the job and of the pods that
/// wait appear word for word.
std::string waiting_message(const Session& session, JobId job);

}  // namespace basalt
