#pragma once

#include <optional>

#include "basalt/base/clock.hpp"
#include "basalt/framework/session.hpp"

/// When room will be free, as far as jobs say how long they run (basalt.sh/running-estimate).
namespace basalt {

/// When a task that occupies a node will have left it: at once where it is leaving, else its start and its
/// job's estimate; one that has not started counts from now. Nothing: nobody says, or it has run longer than was said.
[[nodiscard]] std::optional<WallTime> expected_end(const Session& session, TaskId task);

/// When all nodes on which a job holds reservations will have enough left for them, and for the
/// reservations there of jobs that come before it. Nothing: that depends on tasks of which nobody knows when they
/// end. REQUIRES: it holds some.
[[nodiscard]] std::optional<WallTime> expected_start(const Session& session, JobId job);

/// What a node has to have idle for the reservations there of a job and of those that come before it, in the kinds
/// that the job's ask for.
[[nodiscard]] Resources reserved_up_to(const Session& session, JobId job, NodeId node);

}  // namespace basalt
