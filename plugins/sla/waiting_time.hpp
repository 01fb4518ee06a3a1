#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "basalt/model/rows.hpp"

namespace basalt {

/// What the configuration says of waiting times.
struct WaitingTimes {
  std::optional<std::chrono::microseconds> for_all;           ///< of jobs that do not say; above 0
  std::chrono::microseconds shortest{0};                      ///< that a job may ask for
  std::map<std::string, std::chrono::microseconds> of_queue;  ///< instead of `shortest`, by name of a queue
};

/// How long after its creation a job should have started, at the latest: by
/// - volcano.sh/sla-waiting-time, or else sla-waiting-time, or else what holds for all;
/// - basalt.sh/completion-within, less the time that it runs by its own estimate: this and the one above, whichever is
///   earlier. Without an estimate it says nothing.
/// What a job says is lengthened to the shortest that its queue allows. Annotations that are no durations above zero
/// say nothing. None: it may wait for ever. Source: spec of Volcano's sla plugin; completion is Basalt's own.
[[nodiscard]] std::optional<std::chrono::microseconds> waiting_time(const Job& job, const WaitingTimes& times);

}  // namespace basalt
