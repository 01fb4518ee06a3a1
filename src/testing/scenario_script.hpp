#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "basalt/framework/configuration.hpp"
#include "basalt/model/delta.hpp"

namespace basalt::testing {

/// What a bind under way is said to have come to; the task by its display name, "*" for all.
struct OutcomeLine {
  std::string task;
  BindResult::Outcome outcome;
};

/// What happens before one cycle, and what the cycle should decide.
struct Step {
  std::vector<Delta> deltas;
  std::vector<OutcomeLine> outcomes;
  std::vector<std::string> refused_evictions;  ///< display names of tasks
  std::set<std::string, std::less<>> kinds;    ///< first words of the decisions that are compared
  std::string want;                            ///< one decision a line
  WallTime now{std::chrono::hours(1)};
};

/// A plugin as a scenario names it.
struct PluginLine {
  std::string name;
  Arguments arguments;
  std::set<std::string, std::less<>> switched_off;
};

/// A scenario, read.
struct Script {
  std::vector<std::vector<PluginLine>> tiers;
  std::vector<std::string> actions{"enqueue", "allocate", "backfill"};
  std::map<std::string, Arguments> action_arguments;  ///< by action
  std::vector<Step> steps;
  bool victims_fall_through = false;
  std::optional<std::chrono::microseconds> waiting_limit;
};

/// Fails with the line and what was expected.
Result<Script> read_script(std::string_view text);

/// Fails when the registry does not know a name, or a plugin refuses its arguments.
Result<Configuration> configure(const Script& script, const Registry& registry);

}  // namespace basalt::testing
