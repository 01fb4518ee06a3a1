// Objects that the API server accepts and that make no sense: they are reported,
// and change nothing for the others.

#include <gmock/gmock.h>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class HostileInputTest : public SchedulerTest {
 protected:
  void SetUp() override {
    SchedulerTest::SetUp();
    if (IsSkipped()) return;
    api().create_all(kNodesPath, make_nodes("node", 4, {.cpu = "4"}));
  }

  /// A gang of ours is bound as if nothing else was there.
  void expect_that_others_are_served() {
    create_gang("fine", {.min_member = 4, .extra = {{"minResources", {{"cpu", "4"}}}}}, 4);
    wait_until_bound("default/fine", 4);
    kubelet().run_bound();
    wait_for_status("fine", "phase Running", [](const json& status) { return status.value("phase", "") == "Running"; });
  }

  /// A warning about the object, whatever its reason is called.
  json wait_for_warning(const std::string& kind, const std::string& name) {
    json found;
    wait_until("a warning about " + kind + " " + name, seconds{30}, [&]() -> std::string {
      const json events = api().get("/api/v1/events");
      for (const auto& event : events.at("items")) {
        const auto& about = event.at("involvedObject");
        if (event.value("type", "") == "Warning" && about.value("kind", "") == kind &&
            about.value("name", "") == name) {
          found = event;
        }
      }
      return found.is_null() ? "there are " + std::to_string(events.at("items").size()) + " events" : "";
    });
    return found;
  }
};

TEST_F(HostileInputTest, APodWithAnAbsurdQuantityIsReportedAndChangesNothingForOthers) {
  start_scheduler();
  const PodShape absurd{.requests = {{"cpu", "9223372036854775807"}, {"memory", "8E"}}};
  api().create(pods_path(), make_pod("absurd", absurd));
  PodShape member = absurd;
  create_gang("absurd-gang", {.min_member = 3}, 3, member);
  expect_that_others_are_served();
  const json warning = wait_for_warning("Pod", "absurd");
  EXPECT_NE("", warning.value("message", ""));
  EXPECT_EQ(4, ledger().view().bound());
}

TEST_F(HostileInputTest, APodGroupWithSenselessNumbersIsReportedAndChangesNothingForOthers) {
  start_scheduler();
  create_gang("countless", {.min_member = 2147483647}, 2);
  create_gang("priceless", {.min_member = 2, .extra = {{"minResources", {{"cpu", "99999999999999999999999Ei"}}}}}, 2);
  create_gang("nowhere", {.min_member = 1, .extra = {{"queue", "no-such-queue"}}}, 1);
  expect_that_others_are_served();
  for (const char* name : {"countless", "priceless", "nowhere"}) {
    EXPECT_NE("", wait_for_warning("PodGroup", name).value("message", "")) << name;
    EXPECT_EQ(0, ledger().view().bound_of(std::string("default/") + name)) << name;
  }
}

TEST_F(HostileInputTest, RolesThatContradictTheMinimumChangeNothingForOthers) {
  start_scheduler();
  json roles;
  roles["minTaskMember"] = {{"worker", -5}, {"launcher", 2147483647}};
  create_gang("contradiction", {.min_member = 2, .extra = roles}, 2);
  expect_that_others_are_served();
}

TEST_F(HostileInputTest, AQueueWithSenselessAmountsChangesNothingForOthers) {
  start_scheduler();
  api().create(kQueuesPath, {{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                             {"kind", "Queue"},
                             {"metadata", {{"name", "senseless"}}},
                             {"spec",
                              {{"weight", 65535},
                               {"parent", "senseless"},
                               {"capability", {{"cpu", "99999999999999999999Ei"}}},
                               {"deserved", {{"cpu", "-5"}}}}}});
  create_gang("inside", {.min_member = 1, .extra = {{"queue", "senseless"}}}, 1);
  expect_that_others_are_served();
}

TEST_F(HostileInputTest, ANodeWithAbsurdAmountsChangesNothingForOthers) {
  start_scheduler();
  api().create(kNodesPath, make_node("bottomless", {.cpu = "9223372036854775807", .memory = "8E", .pods = "9E"}));
  expect_that_others_are_served();
}

TEST_F(HostileInputTest, AConstraintThatIsNotEvaluatedYetMakesThePodWaitAndSaysSo) {
  start_scheduler();
  // A volume that is to be chosen together with the node.
  api().create("/apis/storage.k8s.io/v1/storageclasses", {{"apiVersion", "storage.k8s.io/v1"},
                                                          {"kind", "StorageClass"},
                                                          {"metadata", {{"name", "on-first-use"}}},
                                                          {"provisioner", "kubernetes.io/no-provisioner"},
                                                          {"volumeBindingMode", "WaitForFirstConsumer"}});
  std::string claims_path = pods_path();
  claims_path.replace(claims_path.rfind("pods"), 4, "persistentvolumeclaims");
  api().create(claims_path, {{"apiVersion", "v1"},
                             {"kind", "PersistentVolumeClaim"},
                             {"metadata", {{"name", "data"}}},
                             {"spec",
                              {{"storageClassName", "on-first-use"},
                               {"accessModes", json::array({"ReadWriteOnce"})},
                               {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}});
  json pod = make_pod("picky");
  pod["spec"]["volumes"] = json::array({{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data"}}}}});
  api().create(pods_path(), pod);
  expect_that_others_are_served();
  wait_until("the pod says that its constraint is unsupported", seconds{30}, [&]() -> std::string {
    const json condition = condition_of(api().get(pods_path() + "/picky").at("status"), "PodScheduled");
    const std::string message = condition.is_null() ? "" : condition.value("message", "");
    return message.find("unsupported") != std::string::npos ? "" : "condition: " + condition.dump();
  });
  EXPECT_EQ(4, ledger().view().bound());
}

}  // namespace
}  // namespace basalt::e2e
