// The semantics of single objects: create, update, patch, delete.
#include <gtest/gtest.h>

#include "unit/embedded/world.hpp"

namespace basalt::embedded {
namespace {

using testing::kMerge;
using testing::kPods;
using testing::kStrategic;
using testing::World;

TEST(EmbeddedObjects, ACreatedPodHasWhatTheServerFillsIn) {
  World world;
  const auto made = world.make_pod("a");
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ("Pending", text_at(made.body, "status.phase"));
  EXPECT_EQ("Burstable", text_at(made.body, "status.qosClass"));
  EXPECT_EQ("default-scheduler", text_at(made.body, "spec.schedulerName"));
  EXPECT_EQ(0, made.body["spec"]["priority"]);
  EXPECT_EQ("2027-01-15T08:00:00Z", text_at(made.body, "metadata.creationTimestamp"));
  EXPECT_EQ(36U, text_at(made.body, "metadata.uid").size());
  EXPECT_EQ(2U, made.body["spec"]["tolerations"].size());
}

TEST(EmbeddedObjects, ASecondOfTheSameNameAlreadyExists) {
  World world;
  world.make_pod("a");
  const auto again = world.make_pod("a");
  EXPECT_EQ(409, again.status);
  EXPECT_EQ("AlreadyExists", again.reason());
  EXPECT_EQ(R"(pods "a" already exists)", again.message());
  EXPECT_EQ("pods", text_at(again.body, "details.kind"));
}

TEST(EmbeddedObjects, GenerateNameIsCompletedWithFiveCharacters) {
  World world;
  const auto made = world.post("/api/v1/namespaces/default/configmaps", R"({"metadata":{"generateName":"c-"}})");
  ASSERT_EQ(201, made.status);
  EXPECT_EQ(7U, text_at(made.body, "metadata.name").size());
}

TEST(EmbeddedObjects, NothingIsMadeInANamespaceThatIsNotThereOrIsEnding) {
  World world;
  EXPECT_EQ(404, world.post("/api/v1/namespaces/none/configmaps", R"({"metadata":{"name":"c"}})").status);
  world.post("/api/v1/namespaces", R"({"metadata":{"name":"ending"}})");
  EXPECT_EQ(200, world.ask("DELETE", "/api/v1/namespaces/ending").status);
  const auto refused = world.post("/api/v1/namespaces/ending/configmaps", R"({"metadata":{"name":"c"}})");
  EXPECT_EQ(403, refused.status);
  EXPECT_EQ("NamespaceTerminating", refused.body["details"]["causes"][0]["reason"]);
  EXPECT_EQ("Terminating", text_at(world.get("/api/v1/namespaces/ending").body, "status.phase"));
  EXPECT_EQ(
      200,
      world.ask("PUT", "/api/v1/namespaces/ending/finalize", R"({"metadata":{"name":"ending"},"spec":{}})").status);
  EXPECT_EQ(404, world.get("/api/v1/namespaces/ending").status);
}

TEST(EmbeddedObjects, AnInvalidPodIsRefusedWithEveryCause) {
  World world;
  const auto refused =
      world.post(kPods, R"({"metadata":{"name":"a"},"spec":{"containers":[{"resources":{"requests":{"cpu":"x"}}}]}})");
  EXPECT_EQ(422, refused.status);
  EXPECT_EQ("Invalid", refused.reason());
  EXPECT_EQ(3U, refused.body["details"]["causes"].size()) << refused.text;
  EXPECT_EQ("spec.containers[0].name", refused.body["details"]["causes"][0]["field"]);
}

TEST(EmbeddedObjects, AnUpdateOfAnOldStateIsAConflict) {
  World world;
  const Json first =
      world.post("/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":"c"},"data":{"k":"1"}})").body;
  Json second = first;
  second["data"]["k"] = "2";
  EXPECT_EQ(200, world.ask("PUT", "/api/v1/namespaces/default/configmaps/c", second.dump()).status);
  const auto late = world.ask("PUT", "/api/v1/namespaces/default/configmaps/c", second.dump());
  EXPECT_EQ(409, late.status);
  EXPECT_EQ("Conflict", late.reason());
}

TEST(EmbeddedObjects, AWriteThatChangesNothingKeepsTheResourceVersion) {
  World world;
  const auto made = world.make_pod("a");
  const auto same = world.ask("PATCH", kPods + "/a", "{}", kMerge);
  EXPECT_EQ(200, same.status);
  EXPECT_EQ(made.body, same.body);
}

TEST(EmbeddedObjects, TheMainEndpointLeavesStatusAloneAndTheOtherWayRound) {
  World world;
  world.make_pod("a");
  world.ask("PATCH", kPods + "/a", R"({"status":{"phase":"Running"},"metadata":{"labels":{"l":"1"}}})", kMerge);
  world.ask("PATCH", kPods + "/a/status", R"({"status":{"podIP":"10.0.0.1"},"spec":{"nodeName":"n"}})", kMerge);
  const auto seen = world.get(kPods + "/a").body;
  EXPECT_EQ("Pending", text_at(seen, "status.phase"));
  EXPECT_EQ("1", text_at(seen, "metadata.labels.l"));
  EXPECT_EQ("10.0.0.1", text_at(seen, "status.podIP"));
  EXPECT_EQ("", text_at(seen, "spec.nodeName"));
}

TEST(EmbeddedObjects, APatchWithAnotherUidOrVersionIsAConflict) {
  World world;
  world.make_pod("a");
  EXPECT_EQ(409, world.ask("PATCH", kPods + "/a", R"({"metadata":{"uid":"x","labels":{"a":"b"}}})", kMerge).status);
  EXPECT_EQ(
      409,
      world.ask("PATCH", kPods + "/a", R"({"metadata":{"resourceVersion":"1","labels":{"a":"b"}}})", kMerge).status);
}

TEST(EmbeddedObjects, TheSpecOfAPodIsFixed) {
  World world;
  world.make_pod("a");
  const auto refused = world.ask("PATCH", kPods + "/a", R"({"spec":{"nodeName":"n"}})", kMerge);
  EXPECT_EQ(422, refused.status) << refused.text;
  EXPECT_EQ(
      200,
      world.ask("PATCH", kPods + "/a", R"({"spec":{"containers":[{"name":"c","image":"j"}]}})", kStrategic).status);
}

TEST(EmbeddedObjects, ServerSideApplyIsRefusedAsAMediaType) {
  World world;
  world.make_pod("a");
  const auto refused = world.ask("PATCH", kPods + "/a?fieldManager=m", "{}", "application/apply-patch+yaml");
  EXPECT_EQ(415, refused.status);
  EXPECT_EQ("UnsupportedMediaType", refused.reason());
}

TEST(EmbeddedObjects, AJsonPatchWhoseTestFailsIsUnprocessable) {
  World world;
  world.make_pod("a");
  const char* kType = "application/json-patch+json";
  EXPECT_EQ(422,
            world.ask("PATCH", kPods + "/a", R"([{"op":"test","path":"/metadata/name","value":"b"}])", kType).status);
  EXPECT_EQ(
      200,
      world.ask("PATCH", kPods + "/a", R"([{"op":"add","path":"/metadata/labels","value":{"a":"b"}}])", kType).status);
  EXPECT_EQ("b", text_at(world.get(kPods + "/a").body, "metadata.labels.a"));
}

TEST(EmbeddedObjects, APodOnANodeIsDeletedAfterItsGracePeriod) {
  World world;
  world.make_pod("a");
  world.bind_pod("a", "n1");
  const auto first = world.ask("DELETE", kPods + "/a");
  EXPECT_EQ(200, first.status);
  EXPECT_EQ(30, first.body["metadata"]["deletionGracePeriodSeconds"]);
  EXPECT_EQ("2027-01-15T08:00:30Z", text_at(first.body, "metadata.deletionTimestamp"));
  EXPECT_EQ(200, world.get(kPods + "/a").status);
  const auto second = world.ask("DELETE", kPods + "/a", R"({"gracePeriodSeconds":0})");
  EXPECT_EQ("Pod", text_at(second.body, "kind"));
  EXPECT_EQ(404, world.get(kPods + "/a").status);
}

TEST(EmbeddedObjects, ADeleteWithTheUidOfAnotherIsAConflict) {
  World world;
  world.make_pod("a");
  EXPECT_EQ(409, world.ask("DELETE", kPods + "/a", R"({"preconditions":{"uid":"other"}})").status);
  EXPECT_EQ(200, world.get(kPods + "/a").status);
}

TEST(EmbeddedObjects, FinalizersHoldADeletionUntilTheyAreGone) {
  World world;
  world.make_pod("a", R"(,"finalizers":["x/y"])");
  world.ask("DELETE", kPods + "/a");
  EXPECT_FALSE(text_at(world.get(kPods + "/a").body, "metadata.deletionTimestamp").empty());
  const auto more = world.ask("PATCH", kPods + "/a", R"({"metadata":{"finalizers":["x/y","new/one"]}})", kMerge);
  EXPECT_EQ(422, more.status);
  EXPECT_EQ(200, world.ask("PATCH", kPods + "/a", R"({"metadata":{"finalizers":null}})", kMerge).status);
  EXPECT_EQ(404, world.get(kPods + "/a").status);
}

TEST(EmbeddedObjects, DryRunChecksAndChangesNothing) {
  World world;
  EXPECT_EQ(
      201,
      world.post(kPods + "?dryRun=All", R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}})")
          .status);
  EXPECT_EQ(404, world.get(kPods + "/a").status);
  world.make_pod("b");
  EXPECT_EQ(200, world.ask("DELETE", kPods + "/b?dryRun=All").status);
  EXPECT_EQ(200, world.get(kPods + "/b").status);
}

TEST(EmbeddedObjects, ABindingHoldsOnceAndOnlyForTheUidItNames) {
  World world;
  const std::string uid = text_at(world.make_pod("a").body, "metadata.uid");
  const auto wrong = world.bind_pod("a", "n1", "another");
  EXPECT_EQ(409, wrong.status);
  EXPECT_EQ("pods/binding", text_at(wrong.body, "details.kind"));
  EXPECT_EQ(201, world.bind_pod("a", "n1", uid).status);
  const auto again = world.bind_pod("a", "n1", uid);
  EXPECT_EQ(409, again.status);
  EXPECT_NE(std::string::npos, again.message().find(R"(pod a is already assigned to node "n1")"));
  const auto seen = world.get(kPods + "/a").body;
  EXPECT_EQ("n1", text_at(seen, "spec.nodeName"));
  EXPECT_EQ("PodScheduled", seen["status"]["conditions"][0]["type"]);
}

TEST(EmbeddedObjects, AGatedPodIsNotBound) {
  World world;
  world.post(
      kPods,
      R"({"metadata":{"name":"a"},"spec":{"schedulingGates":[{"name":"g"}],"containers":[{"name":"c","image":"i"}]}})");
  EXPECT_EQ(409, world.bind_pod("a", "n1").status);
  EXPECT_EQ(200, world.ask("PATCH", kPods + "/a", R"({"spec":{"schedulingGates":null}})", kMerge).status);
  EXPECT_EQ(201, world.bind_pod("a", "n1").status);
}

TEST(EmbeddedObjects, AnEvictionSpendsTheDisruptionBudget) {
  World world;
  for (const char* name : {"a", "b"}) {
    world.make_pod(name, R"(,"labels":{"app":"x"})");
    world.bind_pod(name, "n1");
    world.ask("PATCH", kPods + "/" + name + "/status",
              R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})", kStrategic);
  }
  const std::string budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
  world.post(budgets, R"({"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}})");
  const std::string eviction = R"({"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"NAME"}})";
  const auto evict = [&](const std::string& name) {
    return world.post(kPods + "/" + name + "/eviction",
                      R"({"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":")" + name + "\"}}");
  };
  const auto unobserved = evict("a");
  EXPECT_EQ(429, unobserved.status);
  EXPECT_EQ("DisruptionBudget", unobserved.body["details"]["causes"][0]["reason"]);
  world.ask("PATCH", budgets + "/b/status",
            R"({"status":{"observedGeneration":1,"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1}})",
            kMerge);
  EXPECT_EQ(201, evict("a").status);
  EXPECT_EQ(429, evict("b").status);
  EXPECT_FALSE(text_at(world.get(kPods + "/a").body, "metadata.deletionTimestamp").empty());
  EXPECT_EQ(0, world.get(budgets + "/b").body["status"]["disruptionsAllowed"]);
}

TEST(EmbeddedObjects, AScaleIsReadAndWritten) {
  World world;
  const std::string path = "/apis/apps/v1/namespaces/default/deployments";
  const auto made = world.post(
      path,
      R"({"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  ASSERT_EQ(201, made.status) << made.text;
  EXPECT_EQ("a=b", text_at(world.get(path + "/d/scale").body, "status.selector"));
  EXPECT_EQ(200, world.ask("PATCH", path + "/d/scale", R"({"spec":{"replicas":3}})", kMerge).status);
  const auto seen = world.get(path + "/d").body;
  EXPECT_EQ(3, seen["spec"]["replicas"]);
  EXPECT_EQ(2, seen["metadata"]["generation"]);
}

TEST(EmbeddedObjects, APriorityClassGivesPodsTheirPriority) {
  World world;
  world.post("/apis/scheduling.k8s.io/v1/priorityclasses", R"({"metadata":{"name":"high"},"value":7})");
  const auto made = world.post(
      kPods,
      R"({"metadata":{"name":"a"},"spec":{"priorityClassName":"high","containers":[{"name":"c","image":"i"}]}})");
  EXPECT_EQ(7, made.body["spec"]["priority"]) << made.text;
  const auto refused = world.post(
      kPods,
      R"({"metadata":{"name":"b"},"spec":{"priorityClassName":"none","containers":[{"name":"c","image":"i"}]}})");
  EXPECT_EQ(403, refused.status);
  EXPECT_EQ("Forbidden", refused.reason());
}

TEST(EmbeddedObjects, WhatIsNotServedIsAStatusOfItsOwnKind) {
  World world;
  EXPECT_EQ(404, world.get("/apis/none/v1/things").status);
  EXPECT_EQ(405, world.ask("PUT", kPods, "{}").status);
  EXPECT_EQ(400, world.post(kPods, "{").status);
  EXPECT_EQ(415, world.ask("POST", kPods, "x", "text/plain").status);
  EXPECT_EQ(406, world.ask("GET", kPods, "", "", "text/html").status);
  EXPECT_EQ(501, world.get(kPods + "/a/log").status);
  EXPECT_EQ("NotFound", world.get(kPods + "/none").reason());
}

TEST(EmbeddedObjects, MembersOfTheWrongTypeAreRefused) {
  World world;
  for (const char* spec :
       {"1", "\"x\"", "[]", "[1]", "{\"containers\":1}", "{\"containers\":[1]}", "{\"containers\":{}}"}) {
    const auto refused = world.post(kPods, R"({"metadata":{"name":"a"},"spec":)" + std::string(spec) + "}");
    EXPECT_GE(refused.status, 400) << refused.text;
    EXPECT_LE(refused.status, 422) << refused.text;
  }
  EXPECT_EQ(400, world.post("/api/v1/namespaces", R"({"metadata":{"name":"s"},"spec":"x"})").status);
  EXPECT_EQ(400, world.post("/api/v1/namespaces", R"({"metadata":[]})").status);
  const auto labels = world.post(
      kPods, R"({"metadata":{"name":"a","labels":{"k":1}},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  EXPECT_EQ(422, labels.status);
  EXPECT_EQ(404, world.get(kPods + "/a").status);
}

TEST(EmbeddedObjects, ADeepBodyIsRefused) {
  World world;
  EXPECT_EQ(400, world.post(kPods, std::string(100'000, '[') + std::string(100'000, ']')).status);
}

TEST(EmbeddedObjects, ATokenIsAskedForWhenThereIsOne) {
  World world({.token = "secret", .faults = false, .clock = nullptr});
  EXPECT_EQ(401, world.get(kPods).status);
  const HttpReply reply = world.api.answer({"GET", kPods, "", "", "Bearer secret", ""});
  EXPECT_EQ(200, std::get<HttpAnswer>(reply.what).status);
}

}  // namespace
}  // namespace basalt::embedded
