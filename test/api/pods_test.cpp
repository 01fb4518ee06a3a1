// What Kubernetes does with pods in particular: binding, eviction, graceful deletion, priorities.
#include "api/api_test.hpp"

namespace basalt::api {
namespace {

using ::testing::HasSubstr;

class Pods : public ApiTest {
 protected:
  static std::string policy() { return has(Trait::policy_v1) ? "policy/v1" : "policy/v1beta1"; }

  Seen evict(const std::string& name, const Json& more = Json::object()) {
    Json eviction = {{"apiVersion", policy()}, {"kind", "Eviction"}, {"metadata", {{"name", name}}}};
    eviction.merge_patch(more);
    return post(pods("/" + name + "/eviction"), eviction);
  }

  // Stands for the disruption controller, which runs on none of the servers.
  void allow_disruptions(int count) {
    const std::string path = in(policy(), "poddisruptionbudgets/b/status");
    const Json generation = get(path).at("/metadata/generation");
    const Seen seen = patch(path, {{"status",
                                    {{"disruptionsAllowed", count},
                                     {"currentHealthy", 1},
                                     {"desiredHealthy", 1},
                                     {"expectedPods", 1},
                                     {"observedGeneration", generation}}}});
    EXPECT_EQ(200, seen.status) << seen.text;
  }
};

TEST_F(Pods, ABindingIsANodeNameAndACondition) {
  make_pod("a");
  Json binding = {{"metadata", {{"name", "a"}, {"annotations", {{"k", "v"}}}}},
                  {"target", {{"kind", "Node"}, {"name", "n1"}}}};
  const Seen bound = post(pods("/a/binding"), binding);
  EXPECT_EQ(201, bound.status) << bound.text;
  EXPECT_EQ("Status", bound.at("/kind"));
  EXPECT_EQ("Success", bound.at("/status"));
  const Seen pod = get(pods("/a"));
  EXPECT_EQ("n1", pod.at("/spec/nodeName"));
  EXPECT_EQ("v", pod.at("/metadata/annotations/k"));
  EXPECT_EQ("PodScheduled", pod.at("/status/conditions/0/type"));
  EXPECT_EQ("True", pod.at("/status/conditions/0/status"));
}

TEST_F(Pods, APodIsBoundOnce) {
  make_pod("a");
  EXPECT_EQ(201, bind("a", "n1").status);
  for (const char* node : {"n1", "n2"}) {
    const Seen again = bind("a", node);
    EXPECT_EQ(409, again.status) << again.text;
    EXPECT_EQ("Conflict", again.reason());
    EXPECT_EQ("Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to node \"n1\"",
              again.message());
  }
}

TEST_F(Pods, ABindingHoldsForTheUidItNames) {
  const std::string gone = make_pod("a").uid();
  remove(pods("/a"));
  const std::string present = make_pod("a").uid();
  if (!has(Trait::uid_of_binding)) return;
  const Seen refused = bind("a", "n1", gone);
  EXPECT_EQ(409, refused.status) << refused.text;
  EXPECT_EQ("Conflict", refused.reason());
  EXPECT_THAT(refused.message(),
              HasSubstr("Precondition failed: UID in precondition: " + gone + ", UID in object meta: " + present));
  EXPECT_EQ(201, bind("a", "n1", present).status);
}

TEST_F(Pods, ABindingNeedsAPodAndANode) {
  const Seen nobody = bind("none", "n1");
  EXPECT_EQ(404, nobody.status);
  EXPECT_EQ("pods \"none\" not found", nobody.message());
  make_pod("a");
  EXPECT_GE(bind("a", "").status, 400);
  const Json to_a_pod = {{"metadata", {{"name", "a"}}}, {"target", {{"kind", "Pod"}, {"name", "n"}}}};
  EXPECT_GE(post(pods("/a/binding"), to_a_pod).status, 400);
  EXPECT_TRUE(get(pods("/a")).at("/spec/nodeName").is_null());
}

TEST_F(Pods, APodThatIsBeingDeletedIsNotBound) {
  make_pod("a", {{"metadata", {{"finalizers", {"example.com/held"}}}}});
  remove(pods("/a"));
  const Seen refused = bind("a", "n1");
  EXPECT_EQ(409, refused.status) << refused.text;
  EXPECT_THAT(refused.message(), HasSubstr("pod a is being deleted, cannot be assigned to a host"));
  patch(pods("/a"), {{"metadata", {{"finalizers", nullptr}}}});
}

TEST_F(Pods, AGatedPodIsNotBound) {
  const Seen made = make_pod("a", {{"spec", {{"schedulingGates", {{{"name", "example.com/gate"}}}}}}});
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ(has(Trait::scheduling_gates) ? 409 : 201, bind("a", "n1").status);
}

TEST_F(Pods, APodWithoutANodeIsDeletedAtOnce) {
  make_pod("a");
  EXPECT_EQ(200, remove(pods("/a")).status);
  EXPECT_EQ(404, get(pods("/a")).status);
}

TEST_F(Pods, APodOnANodeIsDeletedWhenItsNodeSaysSo) {
  make_pod("a");
  bind("a", "n1");
  const Seen going = remove(pods("/a"));
  EXPECT_EQ(200, going.status);
  EXPECT_EQ(30, going.at("/metadata/deletionGracePeriodSeconds"));
  EXPECT_TRUE(going.at("/metadata/deletionTimestamp").is_string());
  EXPECT_EQ(200, get(pods("/a")).status);
  const Seen shorter = remove(pods("/a"), {{"gracePeriodSeconds", 5}});
  EXPECT_EQ(5, shorter.at("/metadata/deletionGracePeriodSeconds"));
  const Seen longer = remove(pods("/a"), {{"gracePeriodSeconds", 60}});
  EXPECT_EQ(5, longer.at("/metadata/deletionGracePeriodSeconds"));
  EXPECT_EQ(200, remove(pods("/a"), {{"gracePeriodSeconds", 0}}).status);
  EXPECT_EQ(404, get(pods("/a")).status);
}

TEST_F(Pods, APodThatHasEndedIsDeletedAtOnce) {
  make_pod("a");
  bind("a", "n1");
  patch(pods("/a/status"), {{"status", {{"phase", "Succeeded"}}}});
  EXPECT_EQ(200, remove(pods("/a")).status);
  EXPECT_EQ(404, get(pods("/a")).status);
}

TEST_F(Pods, AnEvictionIsADeletion) {
  make_pod("a");
  bind("a", "n1");
  const Seen evicted = evict("a", {{"deleteOptions", {{"gracePeriodSeconds", 7}}}});
  EXPECT_EQ(201, evicted.status) << evicted.text;
  EXPECT_EQ("Success", evicted.at("/status"));
  EXPECT_EQ(7, get(pods("/a")).at("/metadata/deletionGracePeriodSeconds"));
  EXPECT_EQ(404, evict("none").status);
}

TEST_F(Pods, AnEvictionSpendsTheDisruptionBudget) {
  for (const char* name : {"a", "b"}) {
    make_pod(name, {{"metadata", {{"labels", {{"app", "x"}}}}}});
    bind(name, "n1");
    patch(pods("/" + std::string(name) + "/status"),
          {{"status", {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}});
  }
  const Json budget = {{"metadata", {{"name", "b"}}},
                       {"spec", {{"minAvailable", 1}, {"selector", {{"matchLabels", {{"app", "x"}}}}}}}};
  const Seen made = post(in(policy(), "poddisruptionbudgets"), budget);
  ASSERT_EQ(201, made.status) << made.text;
  allow_disruptions(1);
  EXPECT_EQ(201, evict("a").status);
  EXPECT_EQ(0, get(in(policy(), "poddisruptionbudgets/b")).at("/status/disruptionsAllowed"));
  EXPECT_TRUE(get(in(policy(), "poddisruptionbudgets/b")).at("/status/disruptedPods/a").is_string());
  const Seen refused = evict("b");
  EXPECT_EQ(429, refused.status) << refused.text;
  EXPECT_EQ("TooManyRequests", refused.reason());
  EXPECT_EQ("Cannot evict pod as it would violate the pod's disruption budget.", refused.message());
  EXPECT_EQ("DisruptionBudget", refused.at("/details/causes/0/reason"));
  EXPECT_TRUE(get(pods("/b")).at("/metadata/deletionTimestamp").is_null());
}

TEST_F(Pods, APriorityClassGivesItsValue) {
  const std::string name = "class-" + space();
  const Seen made =
      post("/apis/scheduling.k8s.io/v1/priorityclasses", {{"metadata", {{"name", name}}}, {"value", 1000}});
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ("PreemptLowerPriority", made.at("/preemptionPolicy"));
  // A server that reads classes through a cache may not know a new one at once.
  Seen pod = make_pod("a", {{"spec", {{"priorityClassName", name}}}});
  for (int i = 0; i < 1000 && pod.status == 403; ++i) pod = make_pod("a", {{"spec", {{"priorityClassName", name}}}});
  EXPECT_EQ(1000, pod.at("/spec/priority")) << pod.text;
  const Seen refused = make_pod("b", {{"spec", {{"priorityClassName", "none"}}}});
  EXPECT_EQ(403, refused.status);
  EXPECT_EQ("Forbidden", refused.reason());
  EXPECT_THAT(refused.message(), HasSubstr("no PriorityClass with name none was found"));
  remove("/apis/scheduling.k8s.io/v1/priorityclasses/" + name);
}

TEST_F(Pods, TheQualityOfServiceFollowsFromRequestsAndLimits) {
  const auto quality = [&](const std::string& name, const std::string& resources) {
    return make_pod(name,
                    Json::parse(R"({"spec":{"containers":[{"name":"c","image":"i","resources":)" + resources + "}]}}"))
        .at("/status/qosClass");
  };
  EXPECT_EQ("BestEffort", quality("a", "{}"));
  EXPECT_EQ("Burstable", quality("b", R"({"requests":{"cpu":"1"}})"));
  EXPECT_EQ("Guaranteed", quality("c", R"({"limits":{"cpu":"1","memory":"1Gi"}})"));
}

}  // namespace
}  // namespace basalt::api
