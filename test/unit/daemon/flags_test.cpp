#include "daemon/flags.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

namespace basalt::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Result<Options> parse(const std::vector<std::string>& arguments) { return parse_flags(arguments); }

Options accepted(const std::vector<std::string>& arguments) {
  auto options = parse(arguments);
  EXPECT_TRUE(options) << options.error().message;
  return options ? *options : Options{};
}

std::string refused(const std::vector<std::string>& arguments) {
  const auto options = parse(arguments);
  EXPECT_FALSE(options);
  return options ? "" : options.error().message;
}

TEST(Flags, TheIndexIsVerifiedOncePerN) {
  const std::vector<std::string> words = {"--verify-index=1/1000"};
  const auto options = parse_flags(words);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(1000U, options->verify_index_every);
  for (const char* wrong : {"--verify-index=1000", "--verify-index=1/0", "--verify-index=1/x"}) {
    EXPECT_FALSE(parse_flags(std::vector<std::string>{wrong})) << wrong;
  }
}

TEST(Flags, WithoutAnyTheDefaultsHold) {
  const Options options = accepted({});
  EXPECT_EQ(Options{}, options);
  EXPECT_THAT(options.scheduler_names, ElementsAre("basalt"));
}

TEST(Flags, TheDefaultsOfTheTableAreThoseOfTheProgram) {
  for (const Flag& flag : flags()) {
    if (flag.effect != FlagEffect::honoured || flag.initial.empty()) continue;
    const std::string given = "--" + std::string(flag.name) + "=" + std::string(flag.initial);
    EXPECT_EQ(Options{}, accepted({given})) << given;
  }
}

TEST(Flags, EveryFlagOfTheTableIsAcceptedOrRefusedAsItSays) {
  const std::map<FlagType, std::string> samples = {
      {FlagType::boolean, "true"}, {FlagType::text, ":1"},
      {FlagType::texts, "x"},      {FlagType::list, "a:b"},
      {FlagType::integer, "7"},    {FlagType::number, "7.5"},
      {FlagType::pairs, "A=true"}, {FlagType::unsigned_integer, "7"},
      {FlagType::duration, "7s"},
  };
  for (const Flag& flag : flags()) {
    std::string sample = samples.at(flag.type);
    if (sample == flag.harmless) sample = "false";
    if (flag.name == "verify-index") sample = "1/7";
    if (flag.name == "http-client") sample = "cpprestsdk";
    const auto options = parse({"--" + std::string(flag.name) + "=" + sample});
    EXPECT_EQ(flag.effect != FlagEffect::refused, options.has_value()) << flag.name;
    if (options) {
      EXPECT_EQ(flag.effect == FlagEffect::without_effect ? 1U : 0U, options->warnings.size()) << flag.name;
    }
    if (flag.harmless) {
      EXPECT_EQ(Options{}, accepted({"--" + std::string(flag.name) + "=" + std::string(*flag.harmless)})) << flag.name;
    }
  }
}

TEST(Flags, KnowsEveryFlagOfVolcanosScheduler) {
  for (const char* name : {"master",
                           "kubeconfig",
                           "ca-cert-file",
                           "tls-cert-file",
                           "tls-private-key-file",
                           "lock-object-namespace",
                           "scheduler-name",
                           "scheduler-conf",
                           "schedule-period",
                           "resync-period",
                           "default-queue",
                           "version",
                           "listen-address",
                           "healthz-address",
                           "priority-class",
                           "kube-api-qps",
                           "kube-api-burst",
                           "minimum-feasible-nodes",
                           "minimum-percentage-nodes-to-find",
                           "percentage-nodes-to-find",
                           "plugins-dir",
                           "csi-storage",
                           "enable-healthz",
                           "enable-metrics",
                           "enable-pprof",
                           "node-selector",
                           "cache-dumper",
                           "cache-dump-dir",
                           "node-worker-threads",
                           "gate-removal-worker-num",
                           "ignored-provisioners",
                           "resource-sync-timeout",
                           "disable-default-scheduler-config",
                           "scheduler-sharding-mode",
                           "scheduler-sharding-name",
                           "feature-gates",
                           "log-flush-frequency",
                           "v",
                           "logtostderr",
                           "stderrthreshold",
                           "leader-elect",
                           "leader-elect-lease-duration",
                           "leader-elect-renew-deadline",
                           "leader-elect-retry-period",
                           "leader-elect-resource-lock",
                           "leader-elect-resource-name",
                           "leader-elect-resource-namespace"}) {
    const auto all = flags();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Flag& flag) { return flag.name == name; })) << name;
  }
}

TEST(Flags, TheStockHelmCommandLineIsAccepted) {
  const Options options =
      accepted({"--logtostderr", "--scheduler-conf=/volcano.scheduler/volcano-scheduler.conf", "--enable-healthz=true",
                "--enable-metrics=true", "--leader-elect=false", "--kube-api-qps=2000", "--kube-api-burst=2000",
                "--schedule-period=1s", "--node-worker-threads=20", "-v=3", "2>&1"});
  EXPECT_EQ("/volcano.scheduler/volcano-scheduler.conf", options.scheduler_conf);
  EXPECT_TRUE(options.enable_healthz);
  EXPECT_TRUE(options.enable_metrics);
  EXPECT_EQ(3, options.verbosity);
  EXPECT_THAT(options.warnings, ElementsAre("--node-worker-threads has no effect: one thread owns the tables of the "
                                            "cluster",
                                            "'2>&1' is no flag and is ignored"));
}

TEST(Flags, ValuesFollowAnEqualsSignOrAsTheNextWord) {
  EXPECT_EQ("a=b", accepted({"--master=a=b"}).master);
  EXPECT_EQ("a", accepted({"--master", "a"}).master);
  EXPECT_EQ("", accepted({"--master="}).master);
  EXPECT_EQ("--odd", accepted({"--master", "--odd"}).master);
  EXPECT_EQ("--master without a value", refused({"--master"}));
}

TEST(Flags, UnderscoresAreDashes) { EXPECT_EQ(1.5, accepted({"--kube_api_qps=1.5"}).kube_api_qps); }

TEST(Flags, ABooleanNeverTakesTheNextWord) {
  const Options options = accepted({"--enable-metrics", "false"});
  EXPECT_TRUE(options.enable_metrics);
  EXPECT_THAT(options.warnings, ElementsAre("'false' is no flag and is ignored"));
  EXPECT_FALSE(accepted({"--enable-metrics=F"}).enable_metrics);
}

TEST(Flags, TheVerbosityHasAShortForm) {
  for (const std::vector<std::string>& form :
       {std::vector<std::string>{"-v=4"}, {"-v", "4"}, {"-v4"}, {"--v=4"}, {"--v", "4"}}) {
    EXPECT_EQ(4, accepted(form).verbosity);
  }
}

TEST(Flags, TwoDashesEndTheFlags) {
  EXPECT_THAT(accepted({"--", "--master=a"}).warnings, ElementsAre("'--master=a' is no flag and is ignored"));
}

TEST(Flags, SchedulerNamesReplaceTheDefaultAndAddUp) {
  EXPECT_THAT(accepted({"--scheduler-name=volcano", "--scheduler-name=a,b"}).scheduler_names,
              ElementsAre("volcano", "a,b"));
}

TEST(Flags, NodeSelectorsArePairsOfLabelAndValue) {
  EXPECT_THAT(accepted({"--node-selector=zone:a,zone:b", "--node-selector", "gpu:yes"}).node_selector,
              ElementsAre(Pair("zone", "a"), Pair("zone", "b"), Pair("gpu", "yes")));
  for (const char* bad : {"zone", "zone:", ":a", "a:b:c"}) {
    EXPECT_EQ("--node-selector=" + std::string(bad) + ": expected label:value",
              refused({"--node-selector=" + std::string(bad)}));
  }
}

TEST(Flags, DurationsAreGos) {
  EXPECT_EQ(std::chrono::milliseconds(1500), accepted({"--schedule-period=1.5s"}).schedule_period);
  EXPECT_EQ("--schedule-period=1: expected a duration such as 1s or 500ms", refused({"--schedule-period=1"}));
  EXPECT_EQ("--schedule-period=0s: expected more than 0", refused({"--schedule-period=0s"}));
}

TEST(Flags, TheHttpClientIsOneOfTwo) {
  EXPECT_EQ(kube::HttpLibrary::beast, accepted({}).http_client);
  EXPECT_EQ(kube::HttpLibrary::beast, accepted({"--http-client=beast"}).http_client);
  EXPECT_EQ(kube::HttpLibrary::cpprestsdk, accepted({"--http-client=cpprestsdk"}).http_client);
  EXPECT_EQ("--http-client=curl: expected beast or cpprestsdk", refused({"--http-client=curl"}));
}

TEST(Flags, AllThatIsWrongIsSaidAtOnce) {
  EXPECT_EQ(
      "unknown flag --shceduler-name (did you mean --scheduler-name?)\n"
      "--kube-api-burst=0: expected at least 1\n"
      "--kube-api-qps=fast: expected a number\n"
      "--bind-workers=9999: expected at most 1024\n"
      "--enable-metrics=yes: expected true or false\n"
      "--listen-address=8080: expected host:port, such as :8080 or [::1]:8080\n"
      "--node-worker-threads=-1: expected an integer from 0 up\n"
      "--feature-gates=PriorityClass: expected pairs such as PriorityClass=true\n"
      "unknown flag --zzzzzz: --help lists all\n"
      "unknown flag -logtostderr (did you mean --logtostderr?)",
      refused({"--shceduler-name=a", "--kube-api-burst=0", "--kube-api-qps=fast", "--bind-workers=9999",
               "--enable-metrics=yes", "--listen-address=8080", "--node-worker-threads=-1",
               "--feature-gates=PriorityClass", "--zzzzzz", "-logtostderr"}));
}

TEST(Flags, LeaderElectionIsRefusedWhenAskedFor) {
  EXPECT_THAT(refused({"--leader-elect"}), HasSubstr("--leader-elect=true is refused: leader election does not exist"));
  EXPECT_THAT(accepted({"--leader-elect=false"}).warnings, IsEmpty());
  EXPECT_THAT(accepted({"--leader-elect=0"}).warnings, IsEmpty());
}

TEST(Flags, ShardingIsRefusedUnlessItIsNone) {
  EXPECT_THAT(accepted({"--scheduler-sharding-mode=none"}).warnings, IsEmpty());
  EXPECT_THAT(refused({"--scheduler-sharding-mode=hard"}), HasSubstr("is refused: nodes are not divided"));
}

TEST(Flags, HelpAndVersionComeBeforeMistakes) {
  EXPECT_TRUE(accepted({"--nonsense", "--help"}).help);
  EXPECT_TRUE(accepted({"-h"}).help);
  EXPECT_TRUE(accepted({"--version"}).version);
}

TEST(Flags, HelpListsEveryFlag) {
  for (const Flag& flag : flags()) EXPECT_THAT(help_text(), HasSubstr("-" + std::string(flag.name))) << flag.name;
}

TEST(Flags, TheFirstWordIsTheProgramsName) {
  const std::array<const char*, 2> arguments = {"basalt-scheduler", "--version"};
  const auto options = parse_flags(static_cast<int>(arguments.size()), arguments.data());
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->version);
  EXPECT_THAT(options->warnings, IsEmpty());
}

TEST(Flags, TheDocumentationHoldsTheTable) {
  std::ifstream file(std::string(BASALT_DOCS) + "/command-line.md");
  std::stringstream text;
  text << file.rdbuf();
  std::string table;  // the first; those of other programs follow
  for (std::string line; std::getline(text, line);) {
    const bool is_row = line.starts_with("| `--");
    if (!is_row && !table.empty()) break;
    if (is_row) table += line + "\n";
  }
  const std::string wanted = flag_table();
  EXPECT_EQ(wanted.substr(wanted.find("| `--")), table) << "copy the first of the two into docs/command-line.md";
}

TEST(Environment, WhatVolcanoReadsIsNotIgnoredInSilence) {
  std::map<std::string, const char*> variables = {{"BATCH_BIND_NUM", "5"}, {"PANIC_ON_ERROR", ""}};
  const auto variable = [&](const char* name) { return variables.contains(name) ? variables[name] : nullptr; };
  const auto warnings = check_environment(variable);
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, ElementsAre(HasSubstr("environment variable BATCH_BIND_NUM has no effect: binds are sent")));
  variables["MULTI_SCHEDULER_ENABLE"] = "true";
  EXPECT_THAT(check_environment(variable).error().message, HasSubstr("MULTI_SCHEDULER_ENABLE=true is refused"));
  variables["MULTI_SCHEDULER_ENABLE"] = "false";
  EXPECT_TRUE(check_environment(variable));
}

}  // namespace
}  // namespace basalt::daemon
