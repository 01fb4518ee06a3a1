#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Bounds how long jobs wait: the one whose time is up first goes first, comes in past the gates of later tiers, and
/// has room reserved. Volcano's sla plugin.
PluginType sla();

}  // namespace basalt
