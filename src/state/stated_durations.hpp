#pragma once

#include "basalt/model/rows.hpp"

namespace basalt {

/// Reads what annotations say of a job's times. `basalt.sh/running-estimate`, how long its pods run, is a Go duration
/// ("1h30m") or a whole number of seconds. What is neither, or not above zero, becomes one of the job's
/// `faults`, and the job goes on without. Of those that a plugin reads (volcano.sh/sla-waiting-time,
/// sla-waiting-time, basalt.sh/completion-within: Go durations) only the faults are told.
void read_durations(Job& job);

}  // namespace basalt
