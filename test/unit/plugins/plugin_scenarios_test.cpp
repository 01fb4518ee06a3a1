#include <gtest/gtest.h>

#include <fstream>
#include <ostream>
#include <sstream>

#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"

namespace basalt::testing {

/// What GoogleTest shows of a scenario that fails.
void PrintTo(const NamedScenario& scenario, std::ostream* out) { *out << "line " << scenario.line; }

namespace {

std::vector<NamedScenario> scenarios() {
  std::ifstream file(BASALT_PLUGIN_SCENARIOS);
  std::stringstream text;
  text << file.rdbuf();
  return split_scenarios(text.str());
}

class PluginScenarios : public ::testing::TestWithParam<NamedScenario> {};

TEST_P(PluginScenarios, Holds) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const auto result = run_scenario(GetParam().text, registry);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->want, result->got);
  EXPECT_EQ(std::vector<std::string>{}, result->violations);
}

INSTANTIATE_TEST_SUITE_P(Builtin, PluginScenarios, ::testing::ValuesIn(scenarios()),
                         [](const auto& scenario) { return scenario.param.name; });

}  // namespace
}  // namespace basalt::testing
