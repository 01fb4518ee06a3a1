#include "basalt/model/selectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace basalt {
namespace {

/// Builds the interned values from texts.
class Selectors : public testing::Test {
 protected:
  Symbol operator()(std::string_view text) { return symbols_.intern(text); }

  LabelSet labels(const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<std::pair<Symbol, Symbol>> pairs;
    for (const auto& [key, value] : texts) pairs.emplace_back(symbols_.intern(key), symbols_.intern(value));
    return LabelSet(std::move(pairs));
  }

  Requirement requirement(std::string_view key, SelectorOperator op, const std::vector<std::string>& values = {}) {
    Requirement result{symbols_.intern(key), op, {}};
    for (const std::string& value : values) result.values.push_back(symbols_.intern(value));
    std::sort(result.values.begin(), result.values.end());
    return result;
  }

  bool holds(std::string_view key, SelectorOperator op, const std::vector<std::string>& values,
             const std::vector<std::pair<std::string, std::string>>& texts) {
    return matches(requirement(key, op, values), labels(texts), symbols_);
  }

  Symbols symbols_;
};

using enum SelectorOperator;

TEST_F(Selectors, LabelsAreFoundByKeyInAnyOrder) {
  const LabelSet set = labels({{"zone", "a"}, {"app", "web"}, {"tier", ""}});
  EXPECT_EQ(symbols_.intern("web"), set.value(symbols_.intern("app")));
  EXPECT_EQ(symbols_.intern("a"), set.value(symbols_.intern("zone")));
  EXPECT_EQ(Symbol(), set.value(symbols_.intern("tier")));
  EXPECT_EQ(std::nullopt, set.value(symbols_.intern("rack")));
  EXPECT_EQ(std::nullopt, LabelSet().value(symbols_.intern("app")));
}

TEST_F(Selectors, LabelsAreEqualWhateverTheOrderTheyCameIn) {
  EXPECT_EQ(labels({{"zone", "a"}, {"app", "web"}}), labels({{"app", "web"}, {"zone", "a"}}));
  EXPECT_NE(labels({{"zone", "a"}}), labels({{"zone", "b"}}));
}

TEST_F(Selectors, LabelsHoldAKeyOnce) {
  EXPECT_EQ(labels({{"a", "first"}}), labels({{"a", "first"}, {"a", "second"}}));
}

TEST_F(Selectors, InNeedsOneOfTheValues) {
  EXPECT_TRUE(holds("zone", in, {"a", "b"}, {{"zone", "b"}}));
  EXPECT_FALSE(holds("zone", in, {"a", "b"}, {{"zone", "c"}}));
  EXPECT_FALSE(holds("zone", in, {"a", ""}, {{"rack", "a"}}));
  EXPECT_TRUE(holds("zone", in, {""}, {{"zone", ""}}));
  EXPECT_FALSE(holds("zone", in, {}, {{"zone", "a"}}));
}

TEST_F(Selectors, NotInIsMetByAnAbsentLabel) {
  EXPECT_FALSE(holds("zone", not_in, {"a", "b"}, {{"zone", "b"}}));
  EXPECT_TRUE(holds("zone", not_in, {"a", "b"}, {{"zone", "c"}}));
  EXPECT_TRUE(holds("zone", not_in, {"a", "b"}, {}));
}

TEST_F(Selectors, ExistsLooksAtTheKeyOnly) {
  EXPECT_TRUE(holds("zone", exists, {}, {{"zone", ""}}));
  EXPECT_FALSE(holds("zone", exists, {}, {{"rack", "zone"}}));
  EXPECT_FALSE(holds("zone", does_not_exist, {}, {{"zone", ""}}));
  EXPECT_TRUE(holds("zone", does_not_exist, {}, {{"rack", "zone"}}));
}

TEST_F(Selectors, GreaterAndLessCompareIntegers) {
  EXPECT_TRUE(holds("cores", greater, {"9"}, {{"cores", "10"}}));
  EXPECT_FALSE(holds("cores", greater, {"10"}, {{"cores", "10"}}));
  EXPECT_TRUE(holds("cores", less, {"10"}, {{"cores", "9"}}));
  EXPECT_FALSE(holds("cores", less, {"10"}, {{"cores", "10"}}));
  EXPECT_TRUE(holds("cores", less, {"-1"}, {{"cores", "-2"}}));
  EXPECT_TRUE(holds("cores", greater, {"+7"}, {{"cores", "008"}}));
  EXPECT_TRUE(holds("cores", less, {"9223372036854775807"}, {{"cores", "-9223372036854775808"}}));
}

TEST_F(Selectors, WhatIsNoIntegerIsNeitherGreaterNorLess) {
  for (const char* text : {"", "x", "1x", "1.5", " 1", "1 ", "+", "-", "+-1", "--1", "0x1", "9223372036854775808"}) {
    for (const SelectorOperator op : {greater, less}) {
      EXPECT_FALSE(holds("cores", op, {"4"}, {{"cores", text}})) << text;
      EXPECT_FALSE(holds("cores", op, {text}, {{"cores", "4"}})) << text;
    }
  }
  EXPECT_FALSE(holds("cores", greater, {"4"}, {}));
  EXPECT_FALSE(holds("cores", less, {"4"}, {}));
  EXPECT_FALSE(holds("cores", greater, {}, {{"cores", "4"}}));
  EXPECT_FALSE(holds("cores", greater, {"1", "2"}, {{"cores", "4"}}));
}

TEST_F(Selectors, ATermHoldsWhenAllItsRequirementsDo) {
  NodeSelectorTerm term;
  term.match_expressions = {requirement("zone", in, {"a"}), requirement("gpu", exists)};
  const Symbol node = symbols_.intern("n1");
  EXPECT_TRUE(matches(term, node, labels({{"zone", "a"}, {"gpu", "yes"}}), symbols_));
  EXPECT_FALSE(matches(term, node, labels({{"zone", "a"}}), symbols_));
  EXPECT_FALSE(matches(term, node, labels({{"gpu", "yes"}}), symbols_));
}

TEST_F(Selectors, AnEmptyTermSelectsNothing) {
  EXPECT_FALSE(matches(NodeSelectorTerm(), symbols_.intern("n1"), labels({{"zone", "a"}}), symbols_));
}

TEST_F(Selectors, FieldsSelectTheNodeByName) {
  const Symbol n1 = symbols_.intern("n1");
  const Symbol n2 = symbols_.intern("n2");
  NodeSelectorTerm only;
  only.match_fields = {requirement("metadata.name", in, {"n1"})};
  EXPECT_TRUE(matches(only, n1, {}, symbols_));
  EXPECT_FALSE(matches(only, n2, {}, symbols_));
  NodeSelectorTerm others;
  others.match_fields = {requirement("metadata.name", not_in, {"n1"})};
  EXPECT_FALSE(matches(others, n1, {}, symbols_));
  EXPECT_TRUE(matches(others, n2, {}, symbols_));
}

TEST_F(Selectors, FieldsAndExpressionsMustBothHold) {
  NodeSelectorTerm term;
  term.match_expressions = {requirement("zone", in, {"a"})};
  term.match_fields = {requirement("metadata.name", in, {"n1"})};
  EXPECT_TRUE(matches(term, symbols_.intern("n1"), labels({{"zone", "a"}}), symbols_));
  EXPECT_FALSE(matches(term, symbols_.intern("n1"), labels({{"zone", "b"}}), symbols_));
  EXPECT_FALSE(matches(term, symbols_.intern("n2"), labels({{"zone", "a"}}), symbols_));
}

TEST_F(Selectors, FieldsThatKubernetesDoesNotHaveSelectNothing) {
  const Symbol n1 = symbols_.intern("n1");
  for (const Requirement& wrong :
       {requirement("metadata.namespace", in, {"n1"}), requirement("metadata.namespace", not_in, {"x"}),
        requirement("metadata.name", exists), requirement("metadata.name", in, {"n1", "n2"}),
        requirement("metadata.name", not_in, {"n2", "n3"}), requirement("metadata.name", in)}) {
    NodeSelectorTerm term;
    term.match_fields = {wrong};
    EXPECT_FALSE(matches(term, n1, labels({{"metadata.name", "n1"}}), symbols_));
  }
}

TEST_F(Selectors, ASelectorNeedsOneTerm) {
  NodeSelectorTerm zone_a;
  zone_a.match_expressions = {requirement("zone", in, {"a"})};
  NodeSelectorTerm gpu;
  gpu.match_expressions = {requirement("gpu", exists)};
  const NodeSelector selector{{zone_a, gpu}};
  const Symbol node = symbols_.intern("n1");
  EXPECT_TRUE(matches(selector, node, labels({{"zone", "a"}}), symbols_));
  EXPECT_TRUE(matches(selector, node, labels({{"gpu", ""}}), symbols_));
  EXPECT_FALSE(matches(selector, node, labels({{"zone", "b"}}), symbols_));
  EXPECT_FALSE(matches(NodeSelector(), node, labels({{"zone", "a"}}), symbols_));
}

TEST_F(Selectors, AgreeWithPlainStringsOnRandomLabels) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto text = [&random](std::string_view prefix) { return std::string(prefix) + std::to_string(random() % 5); };
    for (int step = 0; step < 1000; ++step) {
      std::map<std::string, std::string> plain;
      for (std::uint64_t count = random() % 5; count > 0; --count) plain[text("k")] = text("v");
      std::vector<std::pair<std::string, std::string>> pairs(plain.begin(), plain.end());
      std::shuffle(pairs.begin(), pairs.end(), random);
      std::vector<std::string> values;
      for (std::uint64_t count = random() % 4; count > 0; --count) values.push_back(text("v"));
      const std::string key = text("k");
      const auto label = plain.find(key);
      const bool present = label != plain.end();
      const bool listed = present && std::find(values.begin(), values.end(), label->second) != values.end();
      ASSERT_EQ(listed, holds(key, in, values, pairs));
      ASSERT_EQ(!listed, holds(key, not_in, values, pairs));
      ASSERT_EQ(present, holds(key, exists, {}, pairs));
      ASSERT_EQ(!present, holds(key, does_not_exist, {}, pairs));
    }
  }
}

// --- taints ---

TEST_F(Selectors, ATolerationForAKeyAndValueToleratesThatTaint) {
  const Taint taint{(*this)("gpu"), (*this)("yes"), TaintEffect::no_schedule};
  const Toleration equal{(*this)("gpu"), false, (*this)("yes"), TaintEffect::no_schedule};
  EXPECT_TRUE(tolerates(equal, taint));
  Toleration other = equal;
  other.value = (*this)("no");
  EXPECT_FALSE(tolerates(other, taint));
  other = equal;
  other.key = (*this)("cpu");
  EXPECT_FALSE(tolerates(other, taint));
  other = equal;
  other.effect = TaintEffect::no_execute;
  EXPECT_FALSE(tolerates(other, taint));
}

TEST_F(Selectors, ATolerationWithoutEffectToleratesEveryEffect) {
  const Toleration toleration{(*this)("gpu"), false, (*this)("yes"), std::nullopt};
  for (const TaintEffect effect :
       {TaintEffect::no_schedule, TaintEffect::prefer_no_schedule, TaintEffect::no_execute}) {
    EXPECT_TRUE(tolerates(toleration, Taint{(*this)("gpu"), (*this)("yes"), effect}));
  }
}

TEST_F(Selectors, ATolerationWithExistsToleratesEveryValue) {
  const Toleration toleration{(*this)("gpu"), true, {}, std::nullopt};
  EXPECT_TRUE(tolerates(toleration, Taint{(*this)("gpu"), (*this)("yes"), TaintEffect::no_schedule}));
  EXPECT_FALSE(tolerates(toleration, Taint{(*this)("cpu"), (*this)("yes"), TaintEffect::no_schedule}));
}

TEST_F(Selectors, AnEmptyKeyWithExistsToleratesEveryTaintOfItsEffect) {
  const Taint taint{(*this)("gpu"), (*this)("yes"), TaintEffect::no_execute};
  EXPECT_TRUE(tolerates(Toleration{{}, true, {}, std::nullopt}, taint));
  EXPECT_TRUE(tolerates(Toleration{{}, true, {}, TaintEffect::no_execute}, taint));
  EXPECT_FALSE(tolerates(Toleration{{}, true, {}, TaintEffect::no_schedule}, taint));
}

TEST_F(Selectors, ATaintWithoutValueIsToleratedByAnEmptyValue) {
  EXPECT_TRUE(tolerates(Toleration{(*this)("gpu"), false, {}, std::nullopt},
                        Taint{(*this)("gpu"), {}, TaintEffect::no_schedule}));
}

TEST_F(Selectors, OneOfTheTolerationsIsEnough) {
  const Taint taint{(*this)("gpu"), {}, TaintEffect::no_schedule};
  const Toleration wrong{(*this)("cpu"), true, {}, std::nullopt};
  const Toleration right{(*this)("gpu"), true, {}, std::nullopt};
  EXPECT_TRUE(tolerates(std::vector<Toleration>{wrong, right}, taint));
  EXPECT_FALSE(tolerates(std::vector<Toleration>{wrong}, taint));
  EXPECT_FALSE(tolerates(std::vector<Toleration>{}, taint));
}

// --- host ports ---

TEST_F(Selectors, HostPortsCollideOnTheSameProtocolPortAndAddress) {
  const Symbol any = (*this)("0.0.0.0");
  const HostPort port{(*this)("TCP"), (*this)("10.0.0.1"), 80};
  HostPort other = port;
  EXPECT_TRUE(collide(port, other, any));
  other.port = 81;
  EXPECT_FALSE(collide(port, other, any));
  other = port;
  other.protocol = (*this)("UDP");
  EXPECT_FALSE(collide(port, other, any));
  other = port;
  other.address = (*this)("10.0.0.2");
  EXPECT_FALSE(collide(port, other, any));
}

TEST_F(Selectors, AnyAddressCollidesWithEveryAddress) {
  const Symbol any = (*this)("0.0.0.0");
  const HostPort everywhere{(*this)("TCP"), any, 80};
  const HostPort somewhere{(*this)("TCP"), (*this)("10.0.0.1"), 80};
  EXPECT_TRUE(collide(everywhere, somewhere, any));
  EXPECT_TRUE(collide(somewhere, everywhere, any));
  EXPECT_TRUE(collide(everywhere, everywhere, any));
  const HostPort datagrams{(*this)("UDP"), (*this)("10.0.0.1"), 80};
  EXPECT_FALSE(collide(everywhere, datagrams, any));
}

}  // namespace
}  // namespace basalt
