#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "actions/builtin.hpp"
#include "config/scheduler_configuration.hpp"
#include "config/volcano_names.hpp"
#include "plugins/builtin.hpp"
#include "unit/config/finding_printing.hpp"

namespace basalt {
namespace {

using testing::IsEmpty;

// The file in a ConfigMap's `volcano-scheduler.conf: |`, without its indentation.
std::string embedded_file(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside) text += (line.size() > 4 ? line.substr(4) : "") + "\n";
    if (line == "  volcano-scheduler.conf: |") inside = true;
  }
  return text;
}

TEST(StockConfiguration, TheBuiltInDefaultLoadsOnThePluginsThatThereAre) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const auto read = parse_configuration(builtin_default_configuration(), "default", registry, Leniency::strict);
  EXPECT_TRUE(read.configuration);
  EXPECT_THAT(read.findings, IsEmpty());
}

TEST(StockConfiguration, CapacityTakesEnableHierarchyBesideItsArguments) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const std::string text =
      "actions: \"enqueue, allocate\"\n"
      "tiers:\n"
      "- plugins:\n"
      "  - name: capacity\n"
      "    enableHierarchy: true\n"
      "    arguments:\n"
      "      ancestorReclaimLevel: 1\n";
  const auto read = parse_configuration(text, "f", registry, Leniency::strict);
  EXPECT_TRUE(read.configuration);
  EXPECT_THAT(read.findings, IsEmpty());
}

TEST(StockConfiguration, DrfTakesEnableHierarchyAndProportionDoesNot) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const auto with = [&](const std::string& plugin) {
    return parse_configuration(
        "actions: \"allocate\"\ntiers:\n- plugins:\n  - name: " + plugin + "\n    enableHierarchy: true\n", "f",
        registry, Leniency::strict);
  };
  EXPECT_TRUE(with("drf").configuration);
  EXPECT_THAT(with("drf").findings, IsEmpty());
  EXPECT_FALSE(with("proportion").configuration);
}

TEST(StockConfiguration, TheOneThatIsDeployedLoadsWithoutFindings) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const std::string text = embedded_file(std::string(BASALT_DEPLOY) + "/configmap.yaml");
  ASSERT_THAT(text, testing::HasSubstr("- name: binpack"));
  const auto read = parse_configuration(text, "configmap", registry, Leniency::strict);
  EXPECT_TRUE(read.configuration);
  EXPECT_THAT(read.findings, IsEmpty());
}

TEST(StockConfiguration, EveryNameThatAFileCanHoldIsDocumented) {
  std::stringstream text;
  text << std::ifstream(std::string(BASALT_DOCS) + "/configuration.md").rdbuf();
  const auto expect_documented = [&](std::string_view name) {
    EXPECT_THAT(text.str(), testing::HasSubstr("`" + std::string(name) + "`"));
  };
  for (const std::string_view name : volcano_names::kActions) expect_documented(name);
  for (const std::string_view name : volcano_names::kPlugins) expect_documented(name);
  for (const std::string_view name : volcano_names::kMetrics) expect_documented(name);
  for (const volcano_names::Switch& known : volcano_names::kSwitches) expect_documented(known.key);
}

}  // namespace
}  // namespace basalt
