#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <gtest/gtest.h>

#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"

namespace basalt::testing {
namespace {

class ScenarioTest : public ::testing::Test {
 public:
  explicit ScenarioTest(NamedScenario scenario) : scenario_(std::move(scenario)) {}

  void TestBody() override {
    const Registry registry{builtin_plugins(), builtin_actions()};
    const auto result = run_scenario(scenario_.text, registry);
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->want, result->got);
    EXPECT_EQ(std::vector<std::string>{}, result->violations);
  }

 private:
  NamedScenario scenario_;
};

/// Registers each block of each file as "<file>.<name>"; how many there were.
std::size_t register_scenarios(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::size_t count = 0;
  for (const auto& file : files) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    for (NamedScenario& scenario : split_scenarios(text.str())) {
      ++count;
      const std::string name = scenario.name;
      const int line = static_cast<int>(scenario.line);
      ::testing::RegisterTest(file.stem().c_str(), name.c_str(), nullptr, nullptr, file.c_str(), line,
                              [scenario = std::move(scenario)]() -> ::testing::Test* {
                                return new ScenarioTest(scenario);  // NOLINT: GoogleTest owns it
                              });
    }
  }
  return count;
}

}  // namespace
}  // namespace basalt::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (basalt::testing::register_scenarios(BASALT_SCENARIOS) == 0) {
    std::cerr << "no scenarios found in " << BASALT_SCENARIOS << "\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
