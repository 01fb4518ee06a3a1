#pragma once

#include "config/document.hpp"

namespace basalt {

/// Checks the `metrics` section, which says where Volcano's usage plugin gets the load of nodes from. Nothing here uses
/// it yet: a finding says so unless its type is empty. Never repeats a value, which may be a password.
void check_metrics_section(const DocumentValue& metrics, PlacedFindings& findings);

}  // namespace basalt
