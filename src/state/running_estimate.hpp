#pragma once

#include "basalt/model/rows.hpp"

namespace basalt {

/// Reads the annotation basalt.sh/running-estimate of a job: how long its pods run, as a Go duration
/// ("1h30m") or a whole number of seconds. What is neither, or not above zero, becomes one of the job's
/// `faults`, and the job goes on without an estimate.
void read_running_estimate(Job& job);

}  // namespace basalt
