#include "plugins/nodegroup/nodegroup.hpp"

#include <gtest/gtest.h>

#include "plugins/nodegroup/group_rules.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class GroupRulesTest : public testing::Test {
 protected:
  GroupRulesTest() {
    for (const char* name : {"a", "b", "c", "d"}) symbols_.intern(name);
  }
  [[nodiscard]] Symbol group(std::string_view name) const { return *symbols_.find(name); }
  [[nodiscard]] GroupRules rules(NodeGroupTerms affinity, NodeGroupTerms anti, GroupOptions options = {}) const {
    return {affinity, anti, options, symbols_};
  }
  /// The groups of a to d that are allowed.
  [[nodiscard]] std::string allowed(const GroupRules& rules) const {
    std::string names;
    for (const char* name : {"a", "b", "c", "d"}) names += rules.allows(group(name)) ? name : "";
    return names;
  }

  Symbols symbols_;
};

TEST_F(GroupRulesTest, WhatIsRequiredOrPreferredIsAllowedUnlessItIsForbidden) {
  EXPECT_EQ("abc", allowed(rules({{"a", "b"}, {"b", "c"}}, {})));
  EXPECT_EQ("ac", allowed(rules({{"a", "b"}, {"b", "c"}}, {{"b"}, {}})));
  EXPECT_EQ("c", allowed(rules({{}, {"c"}}, {})));
  EXPECT_EQ("", allowed(rules({{"nobody-has-it"}, {}}, {})));
}

TEST_F(GroupRulesTest, AntiAffinityAloneAllowsTheRest) {
  EXPECT_EQ("bcd", allowed(rules({}, {{"a"}, {}})));
  EXPECT_EQ("abcd", allowed(rules({}, {{}, {"a"}})));
  EXPECT_EQ("bcd", allowed(rules({}, {{"a"}, {"a"}})));
  const GroupOptions as_volcano{.anti_affinity_as_volcano = true};
  EXPECT_EQ("", allowed(rules({}, {{"a"}, {}}, as_volcano)));
  EXPECT_EQ("a", allowed(rules({}, {{"a"}, {"a"}}, as_volcano)));
  EXPECT_EQ("bd", allowed(rules({{"a", "b"}, {}}, {{"a"}, {"d"}}, as_volcano)));
}

TEST_F(GroupRulesTest, NodesInNoGroupAreForQueuesWithoutRulesWhereThatIsNotStrict) {
  EXPECT_FALSE(rules({}, {}).allows(std::nullopt));
  EXPECT_TRUE(rules({}, {}, {.strict = false}).allows(std::nullopt));
  EXPECT_FALSE(rules({{"a"}, {}}, {}, {.strict = false}).allows(std::nullopt));
  EXPECT_EQ("", allowed(rules({}, {}, {.strict = false})));
}

TEST_F(GroupRulesTest, ScoresAddUpAndWhatIsAvoidedIsWorthLeast) {
  const GroupRules both = rules({{"a", "b"}, {"b", "c"}}, {{}, {"d"}});
  EXPECT_EQ(100 * kPoint, both.score(group("a")));
  EXPECT_EQ(150 * kPoint, both.score(group("b")));
  EXPECT_EQ(50 * kPoint, both.score(group("c")));
  EXPECT_EQ(-kPoint, both.score(group("d")));
  EXPECT_EQ(-kPoint, rules({{"a"}, {}}, {{}, {"a"}}).score(group("a")));
  EXPECT_EQ(0, both.score(std::nullopt));
}

TEST_F(GroupRulesTest, InOrderTheFirstOfThePreferredIsWorthMost) {
  const GroupRules ordered = rules({{}, {"c", "unknown", "a", "b"}}, {}, {.is_ordered = true});
  EXPECT_EQ(50 * kPoint, ordered.score(group("c")));
  EXPECT_EQ(25 * kPoint, ordered.score(group("a")));
  EXPECT_EQ(kPoint * 25 / 2, ordered.score(group("b")));
}

TEST(NodeGroupArguments, AreSwitches) {
  EXPECT_EQ("", text_of(Configured(nodegroup(), {{"strict", false}, {"enablePreferredOrder", true}}).findings));
  EXPECT_NE("", text_of(Configured(nodegroup(), {{"strict", "perhaps"}}).findings));
}

}  // namespace
}  // namespace basalt
