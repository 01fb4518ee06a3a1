#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/framework/cluster.hpp"
#include "basalt/framework/configuration.hpp"
#include "basalt/framework/decision.hpp"

/// The scenario kit: a test is a cluster and what is expected, as text. No Kubernetes, no
/// threads, no clock; a scenario runs in a millisecond.
///
///     == GangThatDoesNotFitIsNotPlacedAtAll
///     plugins gang
///     node n1 cpu=2
///     job  train min=3
///     task train-{0..2} cpu=1
///     -- want
///     -- then
///     node n2 cpu=1
///     -- want
///     bind train-0 n1
///     bind train-1 n1
///     bind train-2 n2
///
/// Before the first `-- want` stand the configuration and the cluster (cluster_text.hpp):
/// - `plugins A B` adds a tier of plugins; `plugin A key=value...` adds one plugin with arguments
///   or switches (keys that begin with "enable") to the last tier, `tier` begins a new one;
/// - `actions A B` (by default enqueue, allocate, backfill);
/// - a queue "default" is there unless the scenario names queues itself.
/// Each `-- want` runs a cycle and compares its decisions; kinds of decisions may be named
/// (`-- want bind waits condition`), else those that change placements are compared.
/// `-- then` begins what happens next: cluster lines, and `acknowledged` (every bind under
/// way has happened), `refuted TASK`, `in-doubt TASK`.
namespace basalt::testing {

/// What came of a scenario.
struct ScenarioResult {
  std::string want;  ///< the expected decisions, normalised
  std::string got;   ///< the decisions, in the same form; equal to `want` if all is well
  /// What must hold of any run and did not, by its name in docs/invariants.md: a node over-committed, a gang
  /// half-placed, tables that a session did not restore, a second run or another order of rows that decided
  /// differently. Empty if all is well.
  std::vector<std::string> violations;
};

/// Runs one scenario with the plugins and actions of `registry`. Fails when the text cannot
/// be read, with the line and what was expected.
Result<ScenarioResult> run_scenario(std::string_view text, const Registry& registry);

/// A scenario in a file of several.
struct NamedScenario {
  std::string name;  ///< after "== "
  std::size_t line = 0;
  std::string text;
};

/// Splits a file at its "== Name" lines.
std::vector<NamedScenario> split_scenarios(std::string_view file);

/// What must hold of any run is listed in docs/invariants.md; each entry of the result of these checks is a violation,
/// and begins with the name that the invariant has there ("N1: ...").

/// Decisions, on the tables that they were made on: before they are assumed.
std::vector<std::string> check_decisions(const Cluster& cluster, const Configuration& configuration,
                                         const Decisions& decisions);

/// What must hold after decisions were assumed. `in_advance` (in and out): tasks whose reservation was made where others
/// still ran, in this run so far; empty before the first cycle. The other form is for runs without such.
std::vector<std::string> check_placements(const Cluster& cluster, const Configuration& configuration,
                                          const Decisions& decisions, std::unordered_set<TaskId>& in_advance);
std::vector<std::string> check_placements(const Cluster& cluster, const Configuration& configuration,
                                          const Decisions& decisions);

/// The tables, between sessions: every sum, count and list against what it follows from.
std::vector<std::string> check_tables(const Cluster& cluster);

}  // namespace basalt::testing
