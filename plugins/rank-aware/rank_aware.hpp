#pragma once

#include "basalt/framework/plugin.hpp"

namespace basalt {

/// Keeps tasks of a job close to those with the ranks next to theirs: ring and pipeline traffic then crosses as few
/// links of higher tiers as possible. Basalt's own plugin.
PluginType rank_aware();

}  // namespace basalt
