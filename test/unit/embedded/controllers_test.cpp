// Controllers without threads or sockets: changes go in, settle() does what is due, the clock moves when a test says
// so.
#include <gtest/gtest.h>

#include "embedded/controllers/controllers.hpp"
#include "embedded/controllers/deployment_controller.hpp"
#include "embedded/controllers/job_controller.hpp"
#include "embedded/controllers/node_controller.hpp"
#include "embedded/controllers/replica_share.hpp"
#include "unit/embedded/world.hpp"

namespace basalt::embedded::testing {
namespace {

const std::string kJobs = "/apis/batch/v1/namespaces/default/jobs";
const std::string kDeployments = "/apis/apps/v1/namespaces/default/deployments";
const std::string kSets = "/apis/apps/v1/namespaces/default/replicasets";
const std::string kTemplate = R"("template":{"metadata":{"labels":{"app":"a"},"annotations":{"kept":"yes"}},"spec":{)"
                              R"("restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}})";
const std::string kServiceTemplate =
    R"("template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}})";

class ControlledWorld : public World {
 public:
  void settle() { controllers.settle(); }
  void pass(std::chrono::seconds time) {
    clock.advance(time);
    settle();
  }
  Seen make_job(const std::string& spec, const std::string& name = "j") {
    Seen made = post(kJobs, R"({"metadata":{"name":")" + name + R"("},"spec":{)" + spec + "," + kTemplate + "}}");
    settle();
    return made;
  }
  Seen make_deployment(const std::string& spec) {
    Seen made = post(kDeployments, R"({"metadata":{"name":"d"},"spec":{)" + spec +
                                       R"(,"selector":{"matchLabels":{"app":"a"}},)" + kServiceTemplate + "}}");
    settle();
    return made;
  }
  std::vector<Json> pods(const std::string& space = "default") {
    std::vector<Json> found;
    const Json list = get("/api/v1/namespaces/" + space + "/pods").body;
    for (const Json& pod : list["items"]) found.push_back(pod);
    return found;
  }
  static std::string name_of(const Json& object) { return object["metadata"]["name"]; }
  void set_phase(const Json& pod, const std::string& phase, bool ready = false) {
    const Json patch = {{"status",
                         {{"phase", phase},
                          {"conditions",
                           {{{"type", "Ready"},
                             {"status", ready ? "True" : "False"},
                             {"lastTransitionTime", "2027-01-15T08:00:00Z"}}}}}}};
    EXPECT_EQ(200, ask("PATCH", kPods + "/" + name_of(pod) + "/status", patch.dump(), kStrategic).status);
    settle();
  }
  void run_all() {
    for (const Json& pod : pods()) {
      if (pod["status"]["phase"] == "Pending") set_phase(pod, "Running", true);
    }
  }
  Json status_of(const std::string& path) { return get(path).body["status"]; }
  static std::string condition(const Json& status, const std::string& type) {
    if (!status.contains("conditions")) return "";
    for (const Json& one : status["conditions"]) {
      if (one["type"] == type) return one["status"];
    }
    return "";
  }
  Seen remove(const std::string& path, const std::string& options = "") {
    Seen removed = ask("DELETE", path, options);
    settle();
    return removed;
  }

  Controllers controllers{cluster};
};

TEST(JobControllerTest, MakesPodsUpToItsParallelismAndCompletesWhenEnoughHaveSucceeded) {
  ControlledWorld world;
  ASSERT_EQ(201, world.make_job(R"("parallelism":2,"completions":3)").status);
  auto pods = world.pods();
  ASSERT_EQ(2U, pods.size());
  EXPECT_EQ("yes", pods[0]["metadata"]["annotations"]["kept"]);
  EXPECT_EQ("Job", pods[0]["metadata"]["ownerReferences"][0]["kind"]);
  EXPECT_EQ(2, world.status_of(kJobs + "/j")["active"]);

  world.set_phase(pods[0], "Succeeded");
  EXPECT_EQ(3U, world.pods().size());
  EXPECT_EQ(1, world.status_of(kJobs + "/j")["succeeded"]);
  EXPECT_FALSE(world.get(kPods + "/" + ControlledWorld::name_of(pods[0])).body["metadata"].contains("finalizers"));
  for (const Json& pod : world.pods()) {
    if (pod["status"]["phase"] != "Succeeded") world.set_phase(pod, "Succeeded");
  }
  const Json status = world.status_of(kJobs + "/j");
  EXPECT_EQ(3, status["succeeded"]);
  EXPECT_FALSE(status.contains("active"));
  EXPECT_EQ("True", ControlledWorld::condition(status, "Complete"));
  EXPECT_TRUE(status.contains("completionTime"));
  EXPECT_EQ(3U, world.pods().size());
}

TEST(JobControllerTest, GivesEachPodOfAnIndexedJobItsIndexAndRepeatsTheOneThatFailed) {
  ControlledWorld world;
  world.make_job(R"("parallelism":3,"completions":3,"completionMode":"Indexed")");
  auto pods = world.pods();
  ASSERT_EQ(3U, pods.size());
  EXPECT_EQ("1", pods[1]["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]);
  EXPECT_EQ("1", pods[1]["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"]);
  EXPECT_EQ("j-1", pods[1]["spec"]["hostname"]);
  world.set_phase(pods[1], "Failed");
  world.set_phase(pods[0], "Succeeded");
  world.set_phase(pods[2], "Succeeded");
  EXPECT_EQ("0,2", world.status_of(kJobs + "/j")["completedIndexes"]);
  EXPECT_EQ(1, world.status_of(kJobs + "/j")["failed"]);
  const auto again = world.pods();
  ASSERT_EQ(4U, again.size());
  for (const Json& pod : again) {
    if (pod["status"]["phase"] == "Pending") {
      EXPECT_EQ("1", pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]);
    }
  }
}

TEST(JobControllerTest, FailsWhenMorePodsFailThanTheBackoffLimitAllows) {
  ControlledWorld world;
  world.make_job(R"("parallelism":2,"completions":2,"backoffLimit":0)");
  world.set_phase(world.pods()[0], "Failed");
  const Json status = world.status_of(kJobs + "/j");
  EXPECT_EQ("True", ControlledWorld::condition(status, "Failed"));
  EXPECT_EQ(1, status["failed"]);
  EXPECT_EQ(1U, world.pods().size()) << "the other one is deleted";
}

TEST(JobControllerTest, CountsAPodThatIsDeletedBeforeItEndsAsFailedAndReplacesIt) {
  ControlledWorld world;
  world.make_job(R"("parallelism":1,"completions":1)");
  const std::string first = ControlledWorld::name_of(world.pods()[0]);
  world.remove(kPods + "/" + first);
  ASSERT_EQ(1U, world.pods().size());
  EXPECT_NE(first, ControlledWorld::name_of(world.pods()[0]));
  EXPECT_EQ(1, world.status_of(kJobs + "/j")["failed"]);
}

TEST(JobControllerTest, SuspendingEndsItsPodsWithoutCountingThem) {
  ControlledWorld world;
  world.make_job(R"("parallelism":2,"completions":2)");
  world.ask("PATCH", kJobs + "/j", R"({"spec":{"suspend":true}})", kMerge);
  world.settle();
  EXPECT_TRUE(world.pods().empty());
  EXPECT_EQ("True", ControlledWorld::condition(world.status_of(kJobs + "/j"), "Suspended"));
  EXPECT_FALSE(world.status_of(kJobs + "/j").contains("failed"));
  world.ask("PATCH", kJobs + "/j", R"({"spec":{"suspend":false}})", kMerge);
  world.settle();
  EXPECT_EQ(2U, world.pods().size());
}

TEST(JobControllerTest, FailsAtItsDeadlineAndGoesAfterItsTimeToLive) {
  ControlledWorld world;
  world.make_job(R"("activeDeadlineSeconds":60,"ttlSecondsAfterFinished":10)");
  world.pass(std::chrono::seconds(59));
  EXPECT_EQ("", ControlledWorld::condition(world.status_of(kJobs + "/j"), "Failed"));
  world.pass(std::chrono::seconds(1));
  EXPECT_EQ("True", ControlledWorld::condition(world.status_of(kJobs + "/j"), "Failed"));
  world.pass(std::chrono::seconds(10));
  EXPECT_EQ(404, world.get(kJobs + "/j").status);
  EXPECT_TRUE(world.pods().empty());
}

TEST(JobControllerTest, AJobThatIsDeletedTakesItsPodsAlongFinalizersIncluded) {
  ControlledWorld world;
  world.make_job(R"("parallelism":3,"completions":3)");
  world.remove(kJobs + "/j");
  EXPECT_TRUE(world.pods().empty());
}

TEST(JobControllerTest, WritesIndexesAsRanges) {
  EXPECT_EQ("0,2-4,6,7", format_indexes({0, 2, 3, 4, 6, 7}));
  EXPECT_EQ((std::set<int>{0, 2, 3, 4, 6, 7}), parse_indexes("0,2-4,6,7"));
}

TEST(DeploymentControllerTest, KeepsItsReplicasAndSaysWhenTheyAreAvailable) {
  ControlledWorld world;
  ASSERT_EQ(201, world.make_deployment(R"("replicas":3)").status);
  ASSERT_EQ(3U, world.pods().size());
  EXPECT_EQ("False", ControlledWorld::condition(world.status_of(kDeployments + "/d"), "Available"));
  world.run_all();
  const Json status = world.status_of(kDeployments + "/d");
  EXPECT_EQ(3, status["availableReplicas"]);
  EXPECT_EQ(3, status["updatedReplicas"]);
  EXPECT_EQ(1, status["observedGeneration"]);
  EXPECT_EQ("True", ControlledWorld::condition(status, "Available"));

  world.remove(kPods + "/" + ControlledWorld::name_of(world.pods()[0]));
  EXPECT_EQ(3U, world.pods().size()) << "a pod that goes is replaced";
  world.ask("PATCH", kDeployments + "/d", R"({"spec":{"replicas":1}})", kMerge);
  world.settle();
  EXPECT_EQ(1U, world.pods().size());
}

TEST(DeploymentControllerTest, ANewTemplateReplacesThePodsWithoutFallingBelowWhatMustBeAvailable) {
  ControlledWorld world;
  world.make_deployment(R"("replicas":4)");
  world.run_all();
  world.ask("PATCH", kDeployments + "/d",
            R"({"spec":{"template":{"spec":{"containers":[{"name":"c","image":"new"}]}}}})", kStrategic);
  world.settle();
  for (int round = 0; round < 10; ++round) {
    int ready = 0;
    for (const Json& pod : world.pods()) ready += pod["status"]["phase"] == "Running" ? 1 : 0;
    EXPECT_GE(ready, 3);
    EXPECT_LE(world.pods().size(), 5U);
    world.run_all();
  }
  const auto pods = world.pods();
  ASSERT_EQ(4U, pods.size());
  for (const Json& pod : pods) EXPECT_EQ("new", pod["spec"]["containers"][0]["image"]);
  EXPECT_EQ("2", world.get(kDeployments + "/d").body["metadata"]["annotations"]["deployment.kubernetes.io/revision"]);
  EXPECT_EQ(2U, world.get(kSets).body["items"].size()) << "the old set is kept for undoing";
}

TEST(DeploymentControllerTest, APodThatMayNotBeMadeIsTriedAgainAndToldOf) {
  ControlledWorld world;
  world.post(kSets, R"({"metadata":{"name":"s"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"a"}},)"
                    R"("template":{"metadata":{"labels":{"app":"a"}},"spec":{"priorityClassName":"later",)"
                    R"("containers":[{"name":"c","image":"i"}]}}}})");
  world.settle();
  EXPECT_TRUE(world.pods().empty());
  EXPECT_EQ("True", ControlledWorld::condition(world.status_of(kSets + "/s"), "ReplicaFailure"));
  EXPECT_EQ("FailedCreate", world.get("/api/v1/namespaces/default/events").body["items"][0]["reason"]);
  world.post("/apis/scheduling.k8s.io/v1/priorityclasses", R"({"metadata":{"name":"later"},"value":1})");
  world.pass(std::chrono::seconds(60));
  EXPECT_EQ(1U, world.pods().size());
  EXPECT_EQ("", ControlledWorld::condition(world.status_of(kSets + "/s"), "ReplicaFailure"));
}

TEST(RolloutTest, GrowsTheNewestByTheSurgeAndShrinksTheOldestByWhatIsToSpare) {
  const RolloutLimits limits{4, 1, 1};
  EXPECT_EQ((std::vector<long long>{4}), next_rollout_sizes({{0, 0, 0}}, limits));
  EXPECT_EQ((std::vector<long long>{1, 3}), next_rollout_sizes({{0, 0, 0}, {4, 4, 4}}, limits));
  EXPECT_EQ((std::vector<long long>{3, 2}), next_rollout_sizes({{2, 2, 1}, {3, 3, 3}}, RolloutLimits{4, 2, 1}));
  EXPECT_EQ((std::vector<long long>{1, 0}), next_rollout_sizes({{0, 0, 0}, {4, 4, 0}}, limits))
      << "old pods that are not available go at once";
}

TEST(ReplicaShareTest, TakesNumbersAndPercentages) {
  EXPECT_EQ(3, share_of(3, 10, Rounding::up));
  EXPECT_EQ(3, share_of("25%", 10, Rounding::up));
  EXPECT_EQ(2, share_of("25%", 10, Rounding::down));
  EXPECT_FALSE(share_of("much", 10, Rounding::up));
}

TEST(GarbageCollectorTest, DeletesWhatNoOwnerIsLeftFor) {
  ControlledWorld world;
  world.make_deployment(R"("replicas":2)");
  world.remove(kDeployments + "/d");
  EXPECT_TRUE(world.pods().empty());
  EXPECT_TRUE(world.get(kSets).body["items"].empty());
}

TEST(GarbageCollectorTest, AnOwnerDeletedInTheForegroundWaitsForItsDependents) {
  ControlledWorld world;
  world.make_deployment(R"("replicas":1)");
  const std::string pod = ControlledWorld::name_of(world.pods()[0]);
  world.bind_pod(pod, "n1");
  world.settle();
  world.remove(kDeployments + "/d", R"({"propagationPolicy":"Foreground"})");
  EXPECT_EQ(200, world.get(kDeployments + "/d").status) << "its pod is on a node and has not ended";
  world.remove(kPods + "/" + pod, R"({"gracePeriodSeconds":0})");
  EXPECT_EQ(404, world.get(kDeployments + "/d").status);
  EXPECT_TRUE(world.get(kSets).body["items"].empty());
}

TEST(GarbageCollectorTest, OrphansKeepLivingWithoutTheReference) {
  ControlledWorld world;
  world.make_deployment(R"("replicas":2)");
  world.remove(kDeployments + "/d", R"({"propagationPolicy":"Orphan"})");
  EXPECT_EQ(404, world.get(kDeployments + "/d").status);
  ASSERT_EQ(1U, world.get(kSets).body["items"].size());
  EXPECT_FALSE(world.get(kSets).body["items"][0]["metadata"].contains("ownerReferences"));
  EXPECT_EQ(2U, world.pods().size());
}

TEST(GarbageCollectorTest, AnObjectWithAnOwnerThatNeverWasGoesAndOneOfAnUnknownKindStays) {
  ControlledWorld world;
  const auto make = [&](const std::string& name, const std::string& version, const std::string& kind) {
    world.post("/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":")" + name +
                                                            R"(","ownerReferences":[{"apiVersion":")" + version +
                                                            R"(","kind":")" + kind + R"(","name":"x","uid":"u"}]}})");
  };
  make("gone", "v1", "Pod");
  make("kept", "example.com/v1", "Thing");
  world.settle();
  EXPECT_EQ(404, world.get("/api/v1/namespaces/default/configmaps/gone").status);
  EXPECT_EQ(200, world.get("/api/v1/namespaces/default/configmaps/kept").status);
}

TEST(NamespaceControllerTest, EmptiesANamespaceThatIsDeletedAndThenLetsItGo) {
  ControlledWorld world;
  world.post("/api/v1/namespaces", R"({"metadata":{"name":"n"}})");
  world.post("/api/v1/namespaces/n/configmaps", R"({"metadata":{"name":"c"}})");
  world.post("/api/v1/namespaces/n/pods",
             R"({"metadata":{"name":"p"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}})");
  world.settle();
  world.remove("/api/v1/namespaces/n");
  EXPECT_EQ(200, world.get("/api/v1/namespaces/n").status) << "its pod has its grace period";
  EXPECT_EQ(404, world.get("/api/v1/namespaces/n/configmaps/c").status);
  world.remove("/api/v1/namespaces/n/pods/p", R"({"gracePeriodSeconds":0})");
  EXPECT_EQ(404, world.get("/api/v1/namespaces/n").status);
}

TEST(NodeControllerTest, TaintsANodeThatIsNotReadyAndEvictsItsPodsWhenTheirTolerationEnds) {
  ControlledWorld world;
  world.post("/api/v1/nodes",
             R"({"metadata":{"name":"n1"},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}})");
  world.make_pod("p");
  world.bind_pod("p", "n1");
  world.settle();
  EXPECT_EQ(2U, world.get("/api/v1/nodes/n1").body["spec"]["taints"].size());
  world.pass(std::chrono::seconds(299));
  EXPECT_FALSE(world.get(kPods + "/p").body["metadata"].contains("deletionTimestamp"));
  world.pass(std::chrono::seconds(1));
  const Seen pod = world.get(kPods + "/p");
  EXPECT_TRUE(pod.body["metadata"].contains("deletionTimestamp"));
  EXPECT_EQ("True", ControlledWorld::condition(pod.body["status"], "DisruptionTarget"));
  world.ask("PATCH", "/api/v1/nodes/n1/status", R"({"status":{"conditions":[{"type":"Ready","status":"True"}]}})",
            kStrategic);
  world.settle();
  EXPECT_FALSE(world.get("/api/v1/nodes/n1").body["spec"].contains("taints"));
}

TEST(NodeControllerTest, ATaintOfAUserEvictsAtOnceWhatDoesNotTolerateIt) {
  ControlledWorld world;
  world.post("/api/v1/nodes", R"({"metadata":{"name":"n1"}})");
  world.make_pod("p");
  world.bind_pod("p", "n1");
  world.settle();
  world.ask("PATCH", "/api/v1/nodes/n1", R"({"spec":{"taints":[{"key":"k","value":"v","effect":"NoExecute"}]}})",
            kMerge);
  world.settle();
  EXPECT_TRUE(world.get(kPods + "/p").body["metadata"].contains("deletionTimestamp"));
}

TEST(NodeControllerTest, PodsOfANodeThatIsGoneGoAfterFortySeconds) {
  ControlledWorld world;
  world.make_pod("p");
  world.bind_pod("p", "n1");
  world.settle();
  world.pass(std::chrono::seconds(39));
  EXPECT_EQ(200, world.get(kPods + "/p").status);
  world.pass(std::chrono::seconds(1));
  EXPECT_EQ(404, world.get(kPods + "/p").status);
}

TEST(NodeControllerTest, TheShortestTolerationCountsAndWhatIsNotToleratedGoesAtOnce) {
  const WallTime since{std::chrono::seconds(100)};
  const std::vector<EvictingTaint> taint = {{"k", "v", since}};
  EXPECT_EQ(since, eviction_time(Json::array(), taint));
  EXPECT_EQ(std::nullopt, eviction_time(Json::parse(R"([{"operator":"Exists"}])"), taint));
  EXPECT_EQ(since + std::chrono::seconds(5),
            eviction_time(Json::parse(R"([{"key":"k","value":"v","tolerationSeconds":9},)"
                                      R"({"key":"k","operator":"Exists","tolerationSeconds":5}])"),
                          taint));
  EXPECT_EQ(since, eviction_time(Json::parse(R"([{"key":"k","value":"w"}])"), taint));
}

TEST(DisruptionControllerTest, SaysHowManyPodsMayBeDisrupted) {
  ControlledWorld world;
  world.make_deployment(R"("replicas":3)");
  world.run_all();
  world.post("/apis/policy/v1/namespaces/default/poddisruptionbudgets",
             R"({"metadata":{"name":"b"},"spec":{"minAvailable":2,"selector":{"matchLabels":{"app":"a"}}}})");
  world.settle();
  const Json status = world.status_of("/apis/policy/v1/namespaces/default/poddisruptionbudgets/b");
  EXPECT_EQ(1, status["disruptionsAllowed"]);
  EXPECT_EQ(3, status["currentHealthy"]);
  const auto evict = [&](const Json& pod) {
    const std::string name = ControlledWorld::name_of(pod);
    world.bind_pod(name, "n1");
    return world.post(kPods + "/" + name + "/eviction", R"({"metadata":{"name":")" + name + R"("}})").status;
  };
  const auto pods = world.pods();
  EXPECT_EQ(201, evict(pods[0]));
  world.settle();
  EXPECT_EQ(429, evict(pods[1])) << "the replacement is not ready yet";
  world.run_all();
  EXPECT_EQ(201, evict(pods[1]));
}

TEST(EventControllerTest, EventsGoAnHourAfterTheyWereWrittenLast) {
  ControlledWorld world;
  const std::string events = "/api/v1/namespaces/default/events";
  const auto make = [&](const std::string& name) {
    return world.post(events, R"({"metadata":{"name":")" + name + R"("},"reason":"Scheduled","count":1})").status;
  };
  const auto is_there = [&](const std::string& name) { return world.get(events + "/" + name).status == 200; };
  ASSERT_EQ(201, make("once"));
  ASSERT_EQ(201, make("again"));
  world.settle();
  world.pass(std::chrono::minutes(40));
  ASSERT_EQ(200, world.ask("PATCH", events + "/again", R"({"count":2})", kStrategic).status);
  world.settle();
  EXPECT_TRUE(is_there("once"));
  world.pass(std::chrono::minutes(20));
  EXPECT_FALSE(is_there("once"));
  EXPECT_TRUE(is_there("again"));
  world.pass(std::chrono::minutes(40));
  EXPECT_FALSE(is_there("again"));
}

TEST(EventControllerTest, HowLongEventsStayIsAnOption) {
  World world;
  Controllers hasty(world.cluster, ControllerOptions{std::chrono::seconds(60)});
  const std::string events = "/api/v1/namespaces/default/events";
  ASSERT_EQ(201, world.post(events, R"({"metadata":{"name":"e"},"reason":"Scheduled"})").status);
  hasty.settle();
  world.clock.advance(std::chrono::seconds(59));
  hasty.settle();
  EXPECT_EQ(200, world.get(events + "/e").status);
  world.clock.advance(std::chrono::seconds(1));
  hasty.settle();
  EXPECT_EQ(404, world.get(events + "/e").status);
}

TEST(ControllersTest, GoOnWhenTheHistoryWasCompacted) {
  ControlledWorld world;
  world.make_job(R"("parallelism":1,"completions":1)");
  const Json pod = world.pods()[0];
  const Json patch = {{"status", {{"phase", "Succeeded"}}}};
  world.ask("PATCH", kPods + "/" + ControlledWorld::name_of(pod) + "/status", patch.dump(), kStrategic);
  world.cluster.store().compact();
  world.settle();
  EXPECT_EQ("True", ControlledWorld::condition(world.status_of(kJobs + "/j"), "Complete"));
}

}  // namespace
}  // namespace basalt::embedded::testing
