// What users see of a gang's life: phases, conditions, events, and what queues say.

#include <gmock/gmock.h>

#include "e2e/harness/e2e_test.hpp"
#include "e2e/harness/waiting.hpp"

namespace basalt::e2e {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::HasSubstr;

class LifecycleTest : public SchedulerTest {
 protected:
  json queue(const std::string& name) { return api().get(std::string(kQueuesPath) + "/" + name); }

  void wait_for_allocated(const std::string& name, const std::string& resource, const std::string& amount) {
    wait_until("queue " + name + " has allocated " + amount + " of " + resource, seconds{30}, [&]() -> std::string {
      const json status = queue(name).value("status", json::object());
      const Amounts allocated = parse_amounts(status.value("allocated", json::object()));
      const auto found = allocated.find(resource);
      const Amount actual = found == allocated.end() ? 0 : found->second;
      return actual == parse_amount(amount) ? "" : "status: " + status.dump();
    });
  }

  void wait_for_phase(const std::string& gang, const std::string& phase) {
    wait_for_status(gang, "phase " + phase, [&](const json& status) { return status.value("phase", "") == phase; });
  }

  json pod(const std::string& name) { return api().get(pods_path() + "/" + name); }
};

TEST_F(LifecycleTest, TheTwoQueuesThatAlwaysExistAreCreated) {
  start_scheduler();
  EXPECT_EQ(1, queue("root").at("spec").value("weight", 0));
  EXPECT_FALSE(queue("root").at("spec").value("reclaimable", true));
  EXPECT_EQ(1, queue("default").at("spec").value("weight", 0));
  EXPECT_TRUE(queue("default").at("spec").value("reclaimable", false));
}

TEST_F(LifecycleTest, QueuesThatExistAlreadyAreLeftAsTheyAre) {
  api().create(kQueuesPath, {{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                             {"kind", "Queue"},
                             {"metadata", {{"name", "default"}}},
                             {"spec", {{"weight", 7}, {"reclaimable", false}}}});
  start_scheduler();
  EXPECT_EQ(7, queue("default").at("spec").value("weight", 0));
  EXPECT_FALSE(queue("default").at("spec").value("reclaimable", true));
}

TEST_F(LifecycleTest, AGangThatIsMoreThanTheClusterStaysPending) {
  start_scheduler();
  api().create(kNodesPath, make_node("node", {.cpu = "4"}));
  create_gang("huge", {.min_member = 2, .extra = {{"minResources", {{"cpu", "1000"}}}}}, 2);
  wait_for_phase("huge", "Pending");
  EXPECT_EQ(0, ledger().view().bound());
}

TEST_F(LifecycleTest, AGangGoesThroughInqueueAndRunningToCompleted) {
  start_scheduler();
  api().create(kNodesPath, make_node("small", {.cpu = "1"}));
  create_gang("job", {.min_member = 4}, 4);
  wait_for_phase("job", "Inqueue");
  json scheduled;  // written a little after the phase
  wait_until("the pod says that it waits", std::chrono::seconds{30}, [&] {
    scheduled = condition_of(pod("job-0").at("status"), "PodScheduled");
    return scheduled.is_null() ? std::string("no condition yet") : std::string();
  });
  EXPECT_EQ("False", scheduled.value("status", ""));
  EXPECT_THAT(scheduled.value("reason", ""), testing::AnyOf("Unschedulable", "Schedulable"));
  EXPECT_THAT(wait_for_event("PodGroup", "job", "Unschedulable").value("message", ""),
              HasSubstr("tasks in gang unschedulable"));
  EXPECT_EQ("Warning", wait_for_event("Pod", "job-0", "FailedScheduling").value("type", ""));

  api().create(kNodesPath, make_node("large", {.cpu = "8"}));
  wait_until_bound("default/job", 4);
  wait_for_phase("job", "Running");
  EXPECT_THAT(wait_for_event("Pod", "job-0", "Scheduled").value("message", ""),
              HasSubstr("Successfully assigned default/job-0 to " + pod("job-0").at("spec").value("nodeName", "?")));
  EXPECT_EQ("Normal", wait_for_event("PodGroup", "job", "Scheduled").value("type", ""));

  kubelet().run_bound();
  wait_for_status("job", "four running", [](const json& status) { return status.value("running", 0) == 4; });
  EXPECT_EQ("True", condition_of(status_of("job"), "Scheduled").value("status", ""));
  kubelet().finish("job", "Succeeded");
  wait_for_phase("job", "Completed");
  EXPECT_EQ(4, status_of("job").value("succeeded", 0));
  EXPECT_EQ(0, status_of("job").value("running", 0));
}

TEST_F(LifecycleTest, AQueueSaysWhatItHasAllocatedAndSoDoesTheRoot) {
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 2));
  api().create(kQueuesPath, {{"apiVersion", "scheduling.volcano.sh/v1beta1"},
                             {"kind", "Queue"},
                             {"metadata", {{"name", "research"}}},
                             {"spec", {{"weight", 2}}}});
  create_gang("one", {.min_member = 3, .extra = {{"queue", "research"}}}, 3);
  wait_until_bound("default/one", 3);
  wait_for_allocated("research", "cpu", "3");
  wait_for_allocated("research", "memory", "3Gi");
  wait_for_allocated("root", "cpu", "3");
  wait_for_allocated("default", "cpu", "0");
  kubelet().run_bound();
  kubelet().finish("one", "Succeeded");
  wait_for_allocated("research", "cpu", "0");
}

TEST_F(LifecycleTest, AnUnchangedClusterIsNotWrittenTo) {
  start_scheduler({{"schedule-period", "100ms"}});
  api().create(kNodesPath, make_node("node", {.cpu = "2"}));
  create_gang("fits", {.min_member = 2}, 2);
  create_gang("waits", {.min_member = 2}, 2);
  wait_until_bound("default/fits", 2);
  wait_for_status("waits", "a condition",
                  [](const json& status) { return !condition_of(status, "Unschedulable").is_null(); });
  const auto writes_of_podgroups = [&] {
    return requests([](const AuditedRequest& r) { return r.resource == "podgroups" && r.writes(); }).size();
  };
  // Cycles go on; thirty of them may write what was still under way, but not something each time.
  const std::size_t before = writes_of_podgroups();
  const double cycles = scheduler().metric("volcano_e2e_scheduling_latency_milliseconds_count").value_or(0);
  wait_until("thirty more cycles, or none because nothing changed", seconds{20},
             [&, looks = 0]() mutable -> std::string {
               const double now = scheduler().metric("volcano_e2e_scheduling_latency_milliseconds_count").value_or(0);
               return now - cycles >= 30 || ++looks > 100 ? "" : std::to_string(now - cycles) + " cycles";
             });
  EXPECT_LE(writes_of_podgroups(), before + 4);
}

}  // namespace
}  // namespace basalt::e2e
