// Death and restart, of the scheduler and of what it depends on.

#include <csignal>
#include <iostream>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

using std::chrono::seconds;

class FailureTest : public SchedulerTest {
 protected:
  static constexpr int kMembers = 10;

  /// Gangs named <prefix>-0, ... of ten pods each. The PodGroups come first, the pods all at once.
  void create_gangs(const std::string& prefix, int count) {
    std::vector<nlohmann::json> groups;
    std::vector<nlohmann::json> pods;
    for (int i = 0; i < count; ++i) {
      const std::string name = prefix + "-" + std::to_string(i);
      groups.push_back(make_gang(name, {.min_member = kMembers}));
      for (nlohmann::json& pod : make_pods(name, kMembers, {.gang = name})) pods.push_back(std::move(pod));
    }
    api().create_all(pod_groups_path(), groups);
    api().create_all(pods_path(), pods);
  }

  void wait_until_all_bound(int count) {
    ledger().wait_for(std::to_string(count) + " pods bound", seconds{120},
                      [&](const ClusterView& view) { return view.bound() == count; });
  }
};

TEST_F(FailureTest, KilledInTheMiddleOfBindingFiveHundredPodsItLeavesNoGangInPart) {
  // The pods wait for the scheduler, so that it binds them in one go.
  api().create_all(kNodesPath, make_nodes("node", 100));
  create_gangs("gang", 50);
  launch_scheduler();
  ledger().wait_for("a gang bound in part, in the middle", seconds{60}, [](const ClusterView& view) {
    const int bound = view.bound();
    return (bound >= 100 && view.partial_gangs() > 0) || bound >= 300;
  });
  scheduler().kill();
  ledger().catch_up();
  const ClusterView at_death = ledger().view();
  std::cout << "killed with " << at_death.bound() << " of 500 pods bound, " << at_death.partial_gangs()
            << " gangs in part\n";
  EXPECT_GT(at_death.bound(), 0);
  EXPECT_LT(at_death.bound(), 500) << "not killed in the middle";

  allowance_.partial = seconds{30};  // the gangs in part wait for the restart
  start_scheduler();
  wait_until_all_bound(500);
  std::cout << ledger().judge(allowance_).text();
}

TEST_F(FailureTest, KilledWhileNothingFitsItSaysTheSameAfterARestart) {
  api().create(kNodesPath, make_node("node", {.cpu = "2"}));
  start_scheduler();
  create_gang("big", {.min_member = 3}, 3);
  const auto refused = [](const nlohmann::json& status) { return !condition_of(status, "Unschedulable").is_null(); };
  wait_for_status("big", "a condition", refused);
  scheduler().kill();
  start_scheduler();
  api().create(kNodesPath, make_node("more", {.cpu = "2"}));
  wait_until_bound("default/big", 3);
}

TEST_F(FailureTest, RoomThatALateGangReservedInAdvanceIsItsOwnAfterARestartToo) {
  api().create(kNodesPath, make_node("node", {.cpu = "2"}));
  configuration().replace(stock_configuration() + "\nreservations:\n  waitingLimit: 1s\n");
  start_scheduler();
  create_gang("first", {.min_member = 1}, 2);
  wait_until_bound("default/first", 2);
  kubelet().run_bound();
  create_gang("big", {.min_member = 2}, 2);
  wait_until("both pods of the late gang nominated", seconds{60}, [&] {
    for (const std::string pod : {"big-0", "big-1"}) {
      const nlohmann::json status = api().get(pods_path() + "/" + pod).at("status");
      if (status.value("nominatedNodeName", "") != "node") return pod + ": " + status.dump();
    }
    return std::string();
  });
  scheduler().kill();

  // Whoever takes the first place that comes free keeps the gang waiting for good.
  create_gang("later", {.min_member = 1}, 1);
  kubelet().finish("first-0", "Succeeded");
  start_scheduler();
  wait_for_status("later", "a condition",
                  [](const nlohmann::json& status) { return !condition_of(status, "Unschedulable").is_null(); });
  kubelet().finish("first-1", "Succeeded");
  wait_until_bound("default/big", 2);
}

TEST_F(FailureTest, GoesOnAfterTheApiServerWasKilledAndStartedAgain) {
  api_restarts_ = true;
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 20));
  create_gangs("before", 5);
  wait_until_all_bound(50);
  control_plane().kill("kube-apiserver");
  control_plane().resume("kube-apiserver");
  create_gangs("after", 5);
  wait_until_all_bound(100);
  EXPECT_EQ(200, scheduler().health("/healthz"));
}

TEST_F(FailureTest, GoesOnAfterEtcdWasKilledInTheMiddleOfBinding) {
  allowance_.partial = seconds{60};  // binds may fail half way through a gang until etcd is back
  api().create_all(kNodesPath, make_nodes("node", 100));
  create_gangs("gang", 30);
  start_scheduler();
  ledger().wait_for("the middle of binding", seconds{60}, [](const ClusterView& view) { return view.bound() >= 50; });
  control_plane().kill("etcd");
  control_plane().resume("etcd");
  wait_until_all_bound(300);
}

TEST_F(FailureTest, IsAliveButNotReadyWhileTheApiServerIsAway) {
  api_restarts_ = true;
  start_scheduler();
  control_plane().kill("kube-apiserver");
  // Readiness may take as long as the watches need to be known broken.
  wait_until("not ready", seconds{60},
             [&] { return scheduler().health("/readyz") == 200 ? std::string("still ready") : std::string(); });
  EXPECT_EQ(200, scheduler().health("/healthz")) << "an outage of the API server must not restart the scheduler";
  control_plane().resume("kube-apiserver");
  scheduler().wait_until_ready();
}

TEST_F(FailureTest, StopsOnSigtermWithinTheDeadlineAndLeavesNoGangInPart) {
  may_end_ = true;
  allowance_.partial = seconds{30};
  api().create_all(kNodesPath, make_nodes("node", 100));
  create_gangs("gang", 30);
  start_scheduler();
  ledger().wait_for("the first binds", seconds{60}, [](const ClusterView& view) { return view.bound() > 0; });
  scheduler().terminate();
  const auto ended = scheduler().wait_for_end(seconds{20});
  ASSERT_TRUE(ended.has_value()) << scheduler().log_tail();
  EXPECT_EQ(ExitStatus{}, *ended) << to_string(*ended) << "\n" << scheduler().log_tail();
  start_scheduler();
  wait_until_all_bound(300);
}

}  // namespace
}  // namespace basalt::e2e
