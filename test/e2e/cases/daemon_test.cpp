// The daemon as a program: flags, configuration, endpoints.

#include <gmock/gmock.h>

#include <fstream>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/subprocess.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::HasSubstr;

/// Counts the readings of the configuration by their result.
constexpr const char* kReloadMetric = "basalt_configuration_reloads_total";

/// The program by itself: there is no cluster.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    if (scheduler_binary().empty())
      GTEST_SKIP() << "no scheduler binary: build basalt-scheduler, or set BASALT_E2E_SCHEDULER";
  }

  /// Runs the program to its end.
  static CommandOutcome run(const std::vector<std::string>& words) {
    Command command{.words = {scheduler_binary()}, .variables = {}};
    command.words.insert(command.words.end(), words.begin(), words.end());
    return run_command(command, seconds{20});
  }

  /// A file with this content that lasts for the test.
  static std::filesystem::path write_file(const std::string& name, const std::string& content) {
    const auto file = std::filesystem::path(testing::TempDir()) / name;
    std::ofstream(file) << content;
    return file;
  }
};

TEST_F(ProgramTest, RefusesLeaderElectionUntilItExists) {
  const CommandOutcome outcome = run({"--leader-elect=true", "--master=http://127.0.0.1:1"});
  EXPECT_FALSE(outcome.status.success());
  EXPECT_THAT(outcome.output + outcome.errors, HasSubstr("leader-elect"));
}

TEST_F(ProgramTest, RefusesAFlagThatItDoesNotKnow) {
  const CommandOutcome outcome = run({"--no-such-flag=1", "--master=http://127.0.0.1:1"});
  EXPECT_FALSE(outcome.status.success());
  EXPECT_THAT(outcome.output + outcome.errors, HasSubstr("no-such-flag"));
}

TEST_F(ProgramTest, ValidatesAConfigurationWithoutACluster) {
  const CommandOutcome good = run({"--validate-config", write_file("good.conf", stock_configuration())});
  EXPECT_TRUE(good.status.success()) << good.output << good.errors;
  const CommandOutcome bad = run({"--validate-config", write_file("bad.conf", "actions: \"enqueue, alocate\"\n")});
  EXPECT_FALSE(bad.status.success());
  EXPECT_THAT(bad.output + bad.errors, HasSubstr("alocate"));
}

TEST_F(ProgramTest, SaysItsVersionAndEnds) {
  const CommandOutcome outcome = run({"--version"});
  EXPECT_TRUE(outcome.status.success()) << outcome.output << outcome.errors;
  EXPECT_NE("", outcome.output + outcome.errors);
}

class DaemonTest : public SchedulerTest {
 protected:
  void bind_a_pod(const std::string& name) {
    api().create(pods_path(), make_pod(name));
    ledger().wait_for("pod " + name + " bound", seconds{30}, [&](const ClusterView& view) {
      const auto pod = view.pods.find("default/" + name);
      return pod != view.pods.end() && !pod->second.node.empty();
    });
  }

  double reloads(const std::string& result) {
    return scheduler().metric(kReloadMetric, "result=\"" + result + "\"").value_or(0);
  }

  void wait_for_reload(const std::string& result, double more_than) {
    wait_until("another configuration is " + result, seconds{30},
               [&]() -> std::string { return reloads(result) > more_than ? "" : scheduler().log_tail(); });
  }
};

TEST_F(DaemonTest, StartsWithTheFlagsOfVolcanosChartIncludingTheStrayShellWord) {
  api().create(kNodesPath, make_node("node"));
  start_scheduler({{"kube-api-qps", "2000"}, {"kube-api-burst", "2000"}, {"node-worker-threads", "20"}},
                  {"--logtostderr", "-v=3", "2>&1"});
  bind_a_pod("pod");
  EXPECT_EQ(200, scheduler().health("/healthz"));
  EXPECT_EQ(200, scheduler().health("/readyz"));
}

TEST_F(DaemonTest, AValidChangeOfTheMountedConfigurationTakesEffect) {
  api().create(kNodesPath, make_node("node"));
  configuration().replace("actions: \"enqueue\"\ntiers:\n- plugins:\n  - name: priority\n  - name: gang\n");
  start_scheduler();
  create_gang("waits", {.min_member = 2}, 2);
  wait_for_status("waits", "phase Inqueue", [](const json& status) { return status.value("phase", "") == "Inqueue"; });
  EXPECT_EQ(0, ledger().view().bound()) << "nothing allocates yet";
  const double loaded = reloads("loaded");
  configuration().replace(stock_configuration());
  wait_until_bound("default/waits", 2);
  wait_for_reload("loaded", loaded);
}

TEST_F(DaemonTest, ABadConfigurationKeepsTheOldOneAndSaysSo) {
  api().create(kNodesPath, make_node("node"));
  start_scheduler();
  configuration().replace("actions: \"enqueue, alocate\"\n");
  wait_for_reload("refused", 0);
  EXPECT_THAT(scheduler().log(), HasSubstr("alocate"));
  wait_until("an event about the configuration", seconds{30}, [&]() -> std::string {
    const json events = api().get("/api/v1/events");
    for (const auto& event : events.at("items")) {
      if (event.value("message", "").find("alocate") != std::string::npos) return {};
    }
    return "there are " + std::to_string(events.at("items").size()) + " other events";
  });
  bind_a_pod("under-the-old-configuration");
  const double loaded = reloads("loaded");
  configuration().replace(stock_configuration());
  wait_for_reload("loaded", loaded);
}

TEST_F(DaemonTest, ShowsTheMetricsThatVolcanosDashboardsAskFor) {
  api().create(kNodesPath, make_node("node"));
  start_scheduler();
  bind_a_pod("pod");
  wait_until("the metrics of the first placement", seconds{30}, [&]() -> std::string {
    for (const char* name :
         {"volcano_e2e_scheduling_latency_milliseconds_count", "volcano_open_session_duration_milliseconds_count",
          "volcano_action_scheduling_latency_milliseconds_count", "volcano_task_scheduling_latency_milliseconds_count",
          "volcano_queue_allocated_milli_cpu", "volcano_queue_share", "volcano_unschedule_job_count"}) {
      if (!scheduler().metric(name)) return std::string("missing: ") + name;
    }
    return {};
  });
}

}  // namespace
}  // namespace basalt::e2e
