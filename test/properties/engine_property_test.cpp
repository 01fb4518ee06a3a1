#include <functional>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "properties/random_scenario.hpp"
#include "src/actions/builtin.hpp"

// On clusters nobody thought of: no node over-committed, gangs whole or absent, sessions that
// leave the tables as they were, the same decisions from a second run and from rows in another
// order. A failure prints the seed and the smallest scenario that still fails.
namespace basalt::testing {
namespace {

std::vector<std::string> violations_of(const std::vector<std::string>& lines, const Registry& registry) {
  const auto result = run_scenario(join_lines(lines), registry);
  if (!result) return {"unreadable: " + result.error().message};
  return result->violations;
}

/// Leaves out lines as long as what is left still fails.
std::vector<std::string> shrink(std::vector<std::string> lines,
                                const std::function<bool(const std::vector<std::string>&)>& fails) {
  for (bool progress = true; progress;) {
    progress = false;
    for (std::size_t i = lines.size(); i-- > 0;) {
      if (lines[i].starts_with("--")) continue;
      std::vector<std::string> fewer = lines;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (fails(fewer)) {
        lines = std::move(fewer);
        progress = true;
      }
    }
  }
  return lines;
}

bool still_fails(const std::vector<std::string>& lines, const Registry& registry) {
  const auto result = run_scenario(join_lines(lines), registry);
  return result && !result->violations.empty();
}

TEST(Engine, KeepsItsPromisesOnGeneratedClusters) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  constexpr std::uint32_t kCases = cases(800);
  for (std::uint32_t seed = 1; seed <= kCases; ++seed) {
    const std::vector<std::string> lines = random_scenario(seed);
    const std::vector<std::string> violations = violations_of(lines, registry);
    if (violations.empty()) continue;
    const auto smallest = shrink(lines, [&](const auto& fewer) { return still_fails(fewer, registry); });
    FAIL() << "seed " << seed << ": " << violations.front() << "\nsmallest scenario:\n"
           << join_lines(smallest) << "violates: " << violations_of(smallest, registry).front();
  }
}

}  // namespace
}  // namespace basalt::testing
