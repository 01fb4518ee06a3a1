#include <algorithm>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "properties/random_scenario.hpp"
#include "properties/shrink.hpp"
#include "src/actions/builtin.hpp"

// On clusters nobody thought of: what docs/invariants.md says of any run. A failure prints the
// seed and the smallest scenario that still fails.
namespace basalt::testing {
namespace {

std::vector<std::string> violations_of(const std::vector<std::string>& lines, const Registry& registry) {
  const auto result = run_scenario(join_lines(lines), registry);
  if (!result) return {"unreadable: " + result.error().message};
  return result->violations;
}

/// Whether an invariant is broken; its name is what the violation begins with.
bool breaks(const std::vector<std::string>& lines, const Registry& registry, const std::string& invariant) {
  const auto result = run_scenario(join_lines(lines), registry);
  return result && std::any_of(result->violations.begin(), result->violations.end(),
                               [&](const std::string& violation) { return violation.starts_with(invariant + ":"); });
}

std::string name_of(const std::string& violation) { return violation.substr(0, violation.find(':')); }

std::vector<std::string> smallest_that_breaks(const std::vector<std::string>& lines, const Registry& registry,
                                              const std::string& invariant) {
  return shrink(lines, [&](const auto& fewer) { return breaks(fewer, registry, invariant); });
}

TEST(Engine, KeepsItsPromisesOnGeneratedClusters) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  constexpr std::uint32_t kCases = cases(500);
  for (std::uint32_t seed = 1; seed <= kCases; ++seed) {
    const std::vector<std::string> lines = random_scenario(seed);
    const std::vector<std::string> violations = violations_of(lines, registry);
    if (violations.empty()) continue;
    const auto smallest = smallest_that_breaks(lines, registry, name_of(violations.front()));
    FAIL() << "seed " << seed << ": " << violations.front() << "\nsmallest scenario:\n"
           << join_lines(smallest) << "violates: " << violations_of(smallest, registry).front();
  }
}

/// In gang's place, and content with any part of a gang.
class Indulgent final : public JobReady {
 public:
  using Args = NoArguments;
  Indulgent(const Args&, const Session&) {}
  [[nodiscard]] bool job_ready(JobId) const override { return true; }
};

/// Prefers whichever job it was not asked about first, and so disagrees with itself.
class Fickle final : public JobOrder {
 public:
  using Args = NoArguments;
  Fickle(const Args&, const Session&) {}
  [[nodiscard]] std::weak_ordering job_order(JobId left, JobId right) const override {
    return left.slot() <=> right.slot();  // where a row happens to lie
  }
};

Registry with_fault(PluginType faulty) {
  Registry registry{builtin_plugins(), builtin_actions()};
  for (PluginType& type : registry.plugins) {
    if (type.name == faulty.name) type = faulty;
  }
  return registry;
}

/// The first generated scenario in which the invariant is broken, shrunk.
std::vector<std::string> found_with(const Registry& registry, const std::string& invariant) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    const std::vector<std::string> lines = random_scenario(seed);
    if (breaks(lines, registry, invariant)) return smallest_that_breaks(lines, registry, invariant);
  }
  return {};
}

TEST(Shrinking, LeavesWhatAPlantedFaultNeedsAndNothingElse) {
  const auto smallest = found_with(with_fault(plugin_type<Indulgent>("gang")), "G1");
  // A plugin, a node, a queue, a job, a member that fits, and the cycle.
  EXPECT_LE(smallest.size(), 6U) << join_lines(smallest);
  EXPECT_GE(smallest.size(), 5U) << join_lines(smallest);
  EXPECT_EQ("-- want", smallest.back());
}

TEST(Shrinking, FindsThatAnOrderByTheFirstToArriveIsNone) {
  const auto smallest = found_with(with_fault(plugin_type<Fickle>("priority")), "T5");
  EXPECT_FALSE(smallest.empty()) << "an order that depends on where rows lie was not noticed";
  EXPECT_LE(smallest.size(), 9U) << join_lines(smallest);
}

}  // namespace
}  // namespace basalt::testing
