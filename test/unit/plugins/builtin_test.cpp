#include "plugins/builtin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace basalt {
namespace {

TEST(BuiltinPlugins, HaveTheNamesThatVolcanosConfigurationsUse) {
  std::vector<std::string> names;
  for (const PluginType& type : builtin_plugins()) names.push_back(type.name);
  EXPECT_THAT(
      names, testing::UnorderedElementsAre("binpack", "capacity", "conformance", "deviceshare", "dominant-share", "drf",
                                           "fragmentation", "gang", "io-aware", "network-topology-aware", "nodegroup",
                                           "nodeorder", "numa-aware", "overcommit", "predicates", "priority",
                                           "proportion", "rank-aware", "resourcequota", "sla", "task-topology"));
}

TEST(BuiltinPlugins, CanBeConfiguredWithoutArguments) {
  for (const PluginType& type : builtin_plugins()) {
    Findings findings;
    EXPECT_NE(nullptr, type.configure({}, findings)) << type.name;
    EXPECT_TRUE(findings.empty()) << type.name;
  }
}

TEST(BuiltinPlugins, RefuseArgumentsNobodyKnows) {
  for (const PluginType& type : builtin_plugins()) {
    Findings findings;
    static_cast<void>(type.configure({{"no.such.key", 1}}, findings));
    ASSERT_EQ(1U, findings.size()) << type.name;
    EXPECT_EQ((Finding{Finding::Severity::unknown, type.name + ": unknown argument 'no.such.key'"}), findings[0]);
  }
}

}  // namespace
}  // namespace basalt
