#include "config/scheduler_configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "basalt/framework/extension_points.hpp"
#include "config/volcano_names.hpp"
#include "unit/config/fake_types.hpp"
#include "unit/config/finding_printing.hpp"

namespace basalt {
namespace {

using Severity = Finding::Severity;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kHelm = R"(actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
    enablePreemptable: false
  - name: conformance
- plugins:
  - name: overcommit
  - name: drf
    enablePreemptable: false
  - name: predicates
  - name: proportion
  - name: nodeorder
  - name: binpack
)";

ParsedConfiguration parsed(std::string_view yaml, Leniency leniency = Leniency::strict) {
  static const Registry registry = fake::registry();
  return parse_configuration(yaml, "f", registry, leniency);
}

// A file with one tier that holds these entries; they begin in line 4.
std::string with_plugins(const std::string& entries) { return "actions: allocate\ntiers:\n- plugins:\n" + entries; }

std::vector<std::string> names(const Tier& tier) {
  std::vector<std::string> all;
  for (const PluginSlot& slot : tier.plugins) all.push_back(slot.name);
  return all;
}

Finding wrong(std::string message) { return Finding{Severity::wrong, std::move(message)}; }
Finding unknown(std::string message) { return Finding{Severity::unknown, std::move(message)}; }
Finding without_effect(std::string message) { return Finding{Severity::without_effect, std::move(message)}; }

TEST(SchedulerConfiguration, TheBuiltInDefaultIsVolcanos) {
  const ParsedConfiguration read = parsed(builtin_default_configuration());
  EXPECT_THAT(read.findings, IsEmpty());
  ASSERT_TRUE(read.configuration);
  const Configuration& configuration = *read.configuration;
  ASSERT_EQ(3U, configuration.actions.size());
  EXPECT_EQ("enqueue", configuration.actions[0].name);
  EXPECT_EQ("allocate", configuration.actions[1].name);
  EXPECT_EQ("backfill", configuration.actions[2].name);
  ASSERT_EQ(2U, configuration.tiers.size());
  EXPECT_THAT(names(configuration.tiers[0]), ElementsAre("priority", "gang", "conformance"));
  EXPECT_THAT(names(configuration.tiers[1]), ElementsAre("overcommit", "drf", "predicates", "proportion", "nodeorder"));
}

TEST(SchedulerConfiguration, TheStockHelmConfigurationIsReadWithoutFindings) {
  const ParsedConfiguration read = parsed(kHelm);
  EXPECT_THAT(read.findings, IsEmpty());
  ASSERT_TRUE(read.configuration);
  const Tier& second = read.configuration->tiers[1];
  EXPECT_EQ("binpack", second.plugins.back().name);
  EXPECT_FALSE(second.plugins[1].answers("enablePreemptable"));
  EXPECT_TRUE(second.plugins[1].answers("enableJobOrder"));
  EXPECT_TRUE(second.plugins[0].answers("enablePreemptable"));
}

TEST(SchedulerConfiguration, VolcanosRuleAboutVictimsHasAKeyOfItsOwn) {
  const std::string plugins = with_plugins("  - name: gang\n");
  EXPECT_FALSE(parsed(plugins).configuration->victims_fall_through);
  const ParsedConfiguration read = parsed(plugins + "compatibility:\n  evictionTierFallthrough: true\n");
  EXPECT_THAT(read.findings, IsEmpty());
  EXPECT_TRUE(read.configuration->victims_fall_through);
  EXPECT_FALSE(parsed(plugins + "compatibility:\n  evictionTierFallthrough: often\n").configuration);
  EXPECT_FALSE(parsed(plugins + "compatibility:\n  evictionTierFalthrough: true\n").configuration);
}

TEST(SchedulerConfiguration, TheLimitOnWaitingIsADurationAboveZero) {
  const std::string plugins = with_plugins("  - name: gang\n");
  EXPECT_FALSE(parsed(plugins).configuration->waiting_limit);
  const ParsedConfiguration read = parsed(plugins + "reservations:\n  waitingLimit: 1h30m\n");
  EXPECT_THAT(read.findings, IsEmpty());
  EXPECT_EQ(read.configuration->waiting_limit, std::chrono::minutes(90));
  for (const char* bad : {"soon", "0s", "-5m", "30", "[]"}) {
    EXPECT_FALSE(parsed(plugins + "reservations:\n  waitingLimit: " + bad + "\n").configuration) << bad;
  }
  EXPECT_FALSE(parsed(plugins + "reservations:\n  waitinglimit: 5m\n").configuration);
  EXPECT_FALSE(parsed(plugins + "reservations: 5m\n").configuration);
}

TEST(SchedulerConfiguration, SwitchesTakeTheWordsOfYaml11) {
  const ParsedConfiguration read =
      parsed(with_plugins("  - name: gang\n    enableJobOrder: off\n  - name: drf\n    enableJobOrder: yes\n"));
  ASSERT_TRUE(read.configuration);
  EXPECT_FALSE(read.configuration->tiers[0].plugins[0].answers("enableJobOrder"));
  EXPECT_TRUE(read.configuration->tiers[0].plugins[1].answers("enableJobOrder"));
}

TEST(SchedulerConfiguration, ASwitchInQuotesIsWrongAsInVolcano) {
  EXPECT_THAT(parsed(with_plugins("  - name: gang\n    enableJobOrder: \"false\"\n")).findings,
              ElementsAre(wrong("f:5:21: plugin 'gang': 'enableJobOrder' is \"false\": expected true or false, without "
                                "quotes")));
}

TEST(SchedulerConfiguration, KnowsEverySwitchOfTheExtensionPoints) {
  const auto known = [](std::string_view point_switch) {
    for (const volcano_names::Switch& entry : volcano_names::kSwitches) {
      if (entry.point == point_switch) return true;
    }
    return point_switch.empty();
  };
  const auto check = [&]<class... Points>(std::tuple<Points...>*) {
    for (const std::string_view point_switch : {Points::kSwitch...}) EXPECT_PRED1(known, point_switch);
  };
  check(static_cast<ExtensionPoints*>(nullptr));
}

TEST(SchedulerConfiguration, KnowsBothSpellingsOfTheClusterOrder) {
  for (const char* key : {"EnabledClusterOrder", "enabledClusterOrder"}) {
    const ParsedConfiguration off = parsed(with_plugins("  - name: gang\n    " + std::string(key) + ": false\n"));
    EXPECT_THAT(off.findings, IsEmpty()) << key;
    ASSERT_TRUE(off.configuration) << key;
    EXPECT_FALSE(off.configuration->tiers[0].plugins[0].answers("enabledClusterOrder"));
  }
}

TEST(SchedulerConfiguration, ASwitchForWhatAPluginDoesNotDecideHasNoEffectUnlessItIsOff) {
  EXPECT_THAT(parsed(with_plugins("  - name: gang\n    enableBestNode: true\n    enableTargetJob: true\n"
                                  "    enabledVictim: false\n"))
                  .findings,
              ElementsAre(without_effect("f:5:5: plugin 'gang': 'enableBestNode' has no effect: the plugin decides "
                                         "nothing of that kind here"),
                          without_effect("f:6:5: plugin 'gang': 'enableTargetJob' has no effect, here as in Volcano")));
}

TEST(SchedulerConfiguration, AMisspeltSwitchIsRefusedWithASuggestion) {
  const std::string yaml = with_plugins("  - name: gang\n    enabledPreemptable: false\n");
  const ParsedConfiguration strict = parsed(yaml);
  EXPECT_FALSE(strict.configuration);
  EXPECT_THAT(strict.findings, ElementsAre(unknown("f:5:5: plugin 'gang': unknown key 'enabledPreemptable' (did you "
                                                   "mean 'enablePreemptable'?)")));
  const ParsedConfiguration lenient = parsed(yaml, Leniency::lenient);
  EXPECT_TRUE(lenient.configuration);
  EXPECT_EQ(strict.findings, lenient.findings);
}

TEST(SchedulerConfiguration, AnUnknownPluginIsLeftOutWhenLenient) {
  const std::string yaml = with_plugins("  - name: gnag\n  - name: capacity\n  - name: mine\n  - name: drf\n");
  EXPECT_FALSE(parsed(yaml).configuration);
  const ParsedConfiguration lenient = parsed(yaml, Leniency::lenient);
  EXPECT_THAT(lenient.findings, ElementsAre(unknown("f:4:5: unknown plugin 'gnag' (did you mean 'gang'?)"),
                                            unknown("f:5:5: plugin 'capacity' of Volcano does not exist here yet"),
                                            unknown("f:6:5: unknown plugin 'mine'")));
  ASSERT_TRUE(lenient.configuration);
  EXPECT_THAT(names(lenient.configuration->tiers[0]), ElementsAre("drf"));
}

TEST(SchedulerConfiguration, AnUnknownActionIsRefusedEvenWhenLenient) {
  const ParsedConfiguration read =
      parsed("actions: enqueue, alocate, preempt\ntiers:\n- plugins:\n  - name: gang\n", Leniency::lenient);
  EXPECT_FALSE(read.configuration);
  EXPECT_THAT(read.findings,
              ElementsAre(wrong("f:1:10: unknown action 'alocate' (did you mean 'allocate'?): expected one of enqueue, "
                                "allocate, backfill"),
                          wrong("f:1:10: action 'preempt' of Volcano does not exist here yet: take it out of "
                                "'actions'")));
}

TEST(SchedulerConfiguration, ActionsAreOneTextWithANameOnEitherSideOfEachComma) {
  constexpr std::string_view kTiers = "\ntiers: [plugins: [name: gang]]\n";
  for (const char* actions : {"actions: \"\"", "actions: \"allocate,\"", "actions: \", allocate\""}) {
    const ParsedConfiguration read = parsed(std::string(actions) + std::string(kTiers));
    EXPECT_FALSE(read.configuration) << actions;
    EXPECT_THAT(read.findings, ElementsAre(wrong("f:1:10: 'actions' holds an empty name: expected a name on either "
                                                 "side of each comma")));
  }
  EXPECT_THAT(parsed("actions: [allocate]" + std::string(kTiers)).findings,
              ElementsAre(wrong("f:1:10: 'actions' is a list: expected one text with commas, such as \"enqueue, "
                                "allocate, backfill\"")));
  EXPECT_THAT(parsed("tiers: [plugins: [name: gang]]\n").findings,
              ElementsAre(wrong("f:1:1: no 'actions': expected one text with commas, such as \"enqueue, allocate, "
                                "backfill\"")));
}

TEST(SchedulerConfiguration, AnActionMayRunTwice) {
  const ParsedConfiguration read =
      parsed("actions: \"allocate ,backfill, allocate\"\ntiers: [plugins: [name: gang]]\n");
  EXPECT_THAT(read.findings, IsEmpty());
  ASSERT_TRUE(read.configuration);
  EXPECT_EQ(3U, read.configuration->actions.size());
}

TEST(SchedulerConfiguration, HandsArgumentsToPluginsAndPlacesTheirFindings) {
  const ParsedConfiguration good = parsed(with_plugins("  - name: binpack\n    arguments:\n      binpack.weight: 5\n"));
  ASSERT_TRUE(good.configuration);
  EXPECT_EQ(5, dynamic_cast<const fake::Plugin&>(*good.configuration->tiers[0].plugins[0].plugin).weight());

  const ParsedConfiguration bad =
      parsed(with_plugins("  - name: binpack\n    arguments:\n      binpack.wieght: 5\n      binpack.weight: 0\n"));
  EXPECT_FALSE(bad.configuration);
  EXPECT_THAT(bad.findings, ElementsAre(wrong("f:7:7: binpack: argument 'binpack.weight' is 0: expected at least 1"),
                                        unknown("f:6:7: binpack: unknown argument 'binpack.wieght'")));
}

TEST(SchedulerConfiguration, EmptyArgumentsAreNoneAndOtherThanAMapTheyAreWrong) {
  EXPECT_TRUE(parsed(with_plugins("  - name: binpack\n    arguments:\n")).configuration);
  EXPECT_THAT(parsed(with_plugins("  - name: binpack\n    arguments: 5\n")).findings,
              ElementsAre(wrong("f:5:16: 'arguments' is 5: expected a map")));
}

TEST(SchedulerConfiguration, HierarchyIsForPluginsThatKnowOne) {
  EXPECT_THAT(parsed(with_plugins("  - name: drf\n    enableHierarchy: true\n")).findings, IsEmpty());
  EXPECT_THAT(parsed(with_plugins("  - name: proportion\n    enableHierarchy: true\n")).findings,
              ElementsAre(wrong("f:5:5: plugin 'proportion': 'enableHierarchy': unsupported: the plugin knows no "
                                "hierarchy of queues")));
  EXPECT_THAT(parsed(with_plugins("  - name: gang\n    enableHierarchy: false\n")).findings, IsEmpty());
}

TEST(SchedulerConfiguration, HierarchicalDrfAndProportionInOneTierContradictEachOther) {
  const Finding conflict =
      wrong("f:6:5: 'drf' with 'enableHierarchy: true' and 'proportion' in one tier contradict each other");
  EXPECT_THAT(parsed(with_plugins("  - name: drf\n    enableHierarchy: true\n  - name: proportion\n")).findings,
              Contains(conflict));
  EXPECT_THAT(
      parsed(with_plugins("  - name: drf\n    enableHierarchy: true\n- plugins:\n  - name: proportion\n")).findings,
      IsEmpty());
}

TEST(SchedulerConfiguration, APluginStandsOnceInAFile) {
  EXPECT_THAT(parsed(with_plugins("  - name: gang\n  - name: gang\n- plugins:\n  - name: gang\n")).findings,
              ElementsAre(wrong("f:5:11: plugin 'gang' was given before, in line 4: expected each plugin once"),
                          wrong("f:7:11: plugin 'gang' was given before, in line 4: expected each plugin once")));
}

TEST(SchedulerConfiguration, ArgumentsOfActionsComeFromTheFirstEntryOfTheirName) {
  const ParsedConfiguration read = parsed(R"(actions: allocate
tiers: [plugins: [name: gang]]
configurations:
- name: allocate
  arguments:
    predicateErrorCacheEnable: false
- name: allocate
  arguments:
    predicateErrorCacheEnable: true
)");
  EXPECT_THAT(read.findings, ElementsAre(without_effect("f:7:3: a second configuration of action 'allocate' has no "
                                                        "effect: the first one counts")));
  ASSERT_TRUE(read.configuration);
  EXPECT_FALSE(dynamic_cast<const fake::Step&>(*read.configuration->actions[0].action).cache());
}

TEST(SchedulerConfiguration, ReadsAlsoTheArgumentsOfActionsThatDoNotRun) {
  const ParsedConfiguration read = parsed(R"(actions: allocate
tiers: [plugins: [name: gang]]
configurations:
- name: backfill
  arguments: {predicateErrorCacheEnable: 3}
- name: preempt
  arguments: {minCandidateNodesAbsolute: 3}
- name: alocate
- arguments: {}
)");
  EXPECT_THAT(
      read.findings,
      ElementsAre(
          wrong("f:9:3: an entry of 'configurations' without the name of an action: expected 'name' and 'arguments'"),
          wrong("f:5:15: backfill: argument 'predicateErrorCacheEnable' is 3: expected true or false"),
          without_effect("f:4:3: configuration of action 'backfill' has no effect: 'actions' does not name it"),
          without_effect(
              "f:6:3: configuration of action 'preempt' has no effect: this action of Volcano does not exist "
              "here yet"),
          unknown("f:8:3: configuration of action 'alocate': unknown action (did you mean 'allocate'?)")));
}

TEST(SchedulerConfiguration, UnknownKeysAtEveryLevelAreFound) {
  EXPECT_THAT(parsed("actions: allocate\ntier: []\ntiers:\n- plugin: []\n  plugins: [name: gang]\n").findings,
              ElementsAre(unknown("f:2:1: unknown key 'tier' (did you mean 'tiers'?)"),
                          unknown("f:4:3: tier: unknown key 'plugin' (did you mean 'plugins'?)")));
}

TEST(SchedulerConfiguration, MetricsAreCheckedAndHaveNoEffectYetAndNeverShowAPassword) {
  const ParsedConfiguration read = parsed(R"(actions: allocate
tiers: [plugins: [name: gang]]
metrics:
  type: elasticsearch
  address: http://es:9200
  interval: 30s
  elasticsearch.password: hunter2
  elasticsearch.pasword: hunter2
)");
  EXPECT_THAT(
      read.findings,
      ElementsAre(unknown("f:8:3: metrics: unknown key 'elasticsearch.pasword' (did you mean "
                          "'elasticsearch.password'?)"),
                  without_effect("f:4:3: 'metrics' has no effect: no plugin here reads the load of nodes yet")));
  EXPECT_THAT(
      parsed("actions: allocate\ntiers: [plugins: [name: gang]]\nmetrics: {type: influx, interval: 30}\n").findings,
      ElementsAre(wrong("f:3:35: metrics: 'interval' is no duration above 0, such as 30s"),
                  wrong("f:3:17: metrics: 'type' is none of prometheus, prometheus_adaptor and elasticsearch")));
}

TEST(SchedulerConfiguration, RefusesShapesItDoesNotExpectWithoutLosingTheRest) {
  EXPECT_THAT(parsed("just text").findings,
              ElementsAre(wrong("f:1:1: expected a map with the keys 'actions' and 'tiers'")));
  EXPECT_THAT(parsed("").findings, ElementsAre(wrong("f:1:1: expected a map with the keys 'actions' and 'tiers'")));
  EXPECT_THAT(parsed("actions: allocate\ntiers: 3\nconfigurations: x\n").findings,
              ElementsAre(wrong("f:3:17: 'configurations' is \"x\": expected a list of entries with 'name' and "
                                "'arguments'"),
                          wrong("f:2:8: 'tiers' is 3: expected a list of entries with 'plugins'")));
  EXPECT_THAT(parsed("actions: allocate\ntiers:\n- 3\n- plugins: x\n- plugins: [gang]\n").findings,
              ElementsAre(wrong("f:3:3: a tier is 3: expected a map with the key 'plugins'"),
                          wrong("f:4:12: 'plugins' is \"x\": expected a list of entries with 'name'"),
                          wrong("f:5:13: an entry of 'plugins' without a name: expected 'name: gang' or such")));
}

TEST(SchedulerConfiguration, WithoutPluginsThereIsANote) {
  const ParsedConfiguration read = parsed("actions: allocate\n");
  EXPECT_TRUE(read.configuration);
  EXPECT_THAT(read.findings,
              ElementsAre(Finding{Severity::note, "f:1:1: no 'tiers': actions will run without any plugin"}));
}

}  // namespace
}  // namespace basalt
