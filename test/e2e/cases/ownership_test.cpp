// Whose pods and whose PodGroups: what is ours is scheduled, what is not is left alone.

#include <gmock/gmock.h>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/subprocess.hpp"

namespace basalt::e2e {
namespace {

using std::chrono::seconds;

class OwnershipTest : public SchedulerTest {
 protected:
  void SetUp() override {
    SchedulerTest::SetUp();
    if (IsSkipped()) return;
    api().create_all(kNodesPath, make_nodes("node", 4));
  }

  /// A gang of ours goes through the whole life; what happened before it has been seen by then.
  void run_a_gang_of_ours() {
    create_gang("ours", {.min_member = 2}, 2);
    wait_until_bound("default/ours", 2);
    kubelet().run_bound();
    wait_for_status("ours", "running pods are counted",
                    [](const nlohmann::json& status) { return status.value("running", 0) == 2; });
  }

  nlohmann::json metadata_of(const std::string& gang) {
    return api().get(pod_groups_path() + "/" + gang).at("metadata");
  }
};

TEST_F(OwnershipTest, BarePodsWithOnlyASchedulerNameAreBound) {
  start_scheduler();
  api().create_all(pods_path(), make_pods("bare", 5));
  ledger().wait_for("5 pods bound", seconds{30}, [](const ClusterView& view) { return view.bound() == 5; });
  EXPECT_TRUE(ledger().view().gangs.empty()) << "a bare pod needs no PodGroup in the cluster";
}

TEST_F(OwnershipTest, PodsOfADeploymentAndOfAJobAreBound) {
  start_scheduler();
  output_of({.words = {"kubectl", "--kubeconfig", control_plane().kubeconfig("admin"), "apply", "-f",
                       source_folder() / "deploy" / "examples" / "bare-pods.yaml"}});
  ledger().wait_for("5 pods bound", seconds{60}, [](const ClusterView& view) { return view.bound() == 5; });
}

TEST_F(OwnershipTest, PodsOfOtherSchedulersAreNeverBound) {
  start_scheduler();
  api().create_all(pods_path(), make_pods("foreign", 3, {.scheduler_name = "default-scheduler"}));
  run_a_gang_of_ours();
  EXPECT_EQ(2, ledger().view().bound());
}

TEST_F(OwnershipTest, AForeignPodGroupIsNeverWrittenTo) {
  start_scheduler();
  create_gang("foreign", {.min_member = 2}, 2, {.scheduler_name = "volcano"});
  create_gang("foreign-and-stuck", {.min_member = 9}, 2, {.scheduler_name = "volcano"});
  const auto before = metadata_of("foreign");
  const auto stuck_before = metadata_of("foreign-and-stuck");
  run_a_gang_of_ours();
  EXPECT_EQ(before.dump(2), metadata_of("foreign").dump(2)) << "resourceVersion and managedFields tell every write";
  EXPECT_EQ(stuck_before.dump(2), metadata_of("foreign-and-stuck").dump(2));
  for (const AuditedRequest& request : requests([](const AuditedRequest& r) { return r.writes(); })) {
    EXPECT_FALSE(request.name.starts_with("foreign")) << to_string(request);
  }
  const nlohmann::json events = api().get(events_path());
  for (const auto& event : events.at("items")) {
    EXPECT_FALSE(event.at("involvedObject").value("name", "").starts_with("foreign")) << event.dump();
  }
}

TEST_F(OwnershipTest, TakesOverThePodsOfEverySchedulerNameItIsGiven) {
  start_scheduler({{"scheduler-name", "volcano"}}, {"--scheduler-name=basalt"});
  create_gang("of-volcano", {.min_member = 2}, 2, {.scheduler_name = "volcano"});
  create_gang("of-basalt", {.min_member = 2}, 2);
  wait_until_bound("default/of-volcano", 2);
  wait_until_bound("default/of-basalt", 2);
}

TEST_F(OwnershipTest, RunsUnderTheShippedRoleAndNotAsAdministrator) {
  Api as_scheduler(control_plane().kubeconfig("scheduler"));
  const std::size_t before = requests().size();
  EXPECT_EQ(403, as_scheduler.send("GET", "/api/v1/secrets").status)
      << "the scheduler's token must be no administrator's";
  const std::size_t own = requests([](const AuditedRequest& r) { return r.code == 403; }).size();
  refusals_of_the_test_ = own;
  EXPECT_GT(own, 0U) << "the audit log must show a refusal, or the next check says nothing";
  start_scheduler();
  run_a_gang_of_ours();
  const auto refused = requests([](const AuditedRequest& r) { return r.code == 403; });
  EXPECT_EQ(own, refused.size()) << to_string(refused.back());
  EXPECT_GT(requests().size(), before + own) << "the scheduler's requests must be in the audit log";
  EXPECT_THAT(scheduler().log(), testing::Not(testing::HasSubstr("orbidden")));
}

}  // namespace
}  // namespace basalt::e2e
