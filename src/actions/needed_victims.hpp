#pragma once

#include <span>
#include <utility>
#include <vector>

#include "basalt/framework/session.hpp"

namespace basalt {

/// Tasks of one job and the nodes on which room is made for them.
using Places = std::vector<std::pair<TaskId, NodeId>>;

/// Whether a job's places hold with `gone` gone and, of those who were to go, `spared` not, all
/// filters asked again. REQUIRES: they hold with `spared` gone too. Only nodes that `spared` are on
/// can have become worse, but for filters that look further and, with `asks_queue`, for what the
/// job's queue may have. Leaves no trace.
[[nodiscard]] bool places_hold(Session& session, const Places& places, std::span<const TaskId> gone,
                               std::span<const TaskId> spared, bool asks_queue);

/// Those of `victims` without whom the places would not hold: what was chosen place by place may
/// be more than all of them together need. The most important are spared first. In the order of
/// `victims`.
[[nodiscard]] std::vector<TaskId> needed_victims(Session& session, JobId job, const Places& places,
                                                 const std::vector<TaskId>& victims, bool asks_queue);

}  // namespace basalt
