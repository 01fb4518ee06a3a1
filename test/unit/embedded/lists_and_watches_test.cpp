#include <gtest/gtest.h>

#include <sstream>

#include "kube/frames.hpp"
#include "kube/object.hpp"
#include "unit/embedded/world.hpp"

namespace basalt::embedded {
namespace {

using testing::kMerge;
using testing::kPods;
using testing::World;

constexpr const char* kProtobuf = "application/vnd.kubernetes.protobuf,application/json";

std::vector<std::string> names(const Json& list) {
  std::vector<std::string> found;
  for (const Json& item : list["items"]) found.push_back(text_at(item, "metadata.name"));
  return found;
}

// "ADDED a", "BOOKMARK ", ... of a watch's lines.
std::vector<std::string> events(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const Json event = Json::parse(line);
    found.push_back(text_at(event, "type") + " " + text_at(event, "object.metadata.name"));
  }
  return found;
}

using Names = std::vector<std::string>;

TEST(EmbeddedLists, SelectorsOfLabelsAndFieldsChoose) {
  World world;
  world.make_pod("a", R"(,"labels":{"app":"x","tier":"1"})");
  world.make_pod("b", R"(,"labels":{"app":"y"})");
  world.make_pod("c");
  world.bind_pod("c", "n1");
  const auto chosen = [&](const std::string& query) { return names(world.get(kPods + "?" + query).body); };
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=app%3Dx"));
  EXPECT_EQ((Names{"b", "c"}), chosen("labelSelector=app!=x"));
  EXPECT_EQ((Names{"a", "b"}), chosen("labelSelector=app+in+(x,y)"));
  EXPECT_EQ((Names{"c"}), chosen("labelSelector=!app"));
  EXPECT_EQ((Names{"a"}), chosen("labelSelector=app,tier"));
  EXPECT_EQ((Names{"c"}), chosen("fieldSelector=spec.nodeName%3Dn1"));
  EXPECT_EQ((Names{"a", "b"}), chosen("fieldSelector=spec.nodeName%3D,status.phase%3DPending"));
  EXPECT_EQ((Names{"b"}), chosen("fieldSelector=metadata.name%3Db"));
  EXPECT_EQ(400, world.get(kPods + "?fieldSelector=spec.none%3Dx").status);
  EXPECT_EQ(400, world.get(kPods + "?labelSelector=a+of+b").status);
}

TEST(EmbeddedLists, PagesShowOneMomentThoughTheClusterChanges) {
  World world;
  for (const char* name : {"a", "b", "c", "d"}) world.make_pod(name);
  const auto first = world.get(kPods + "?limit=2");
  EXPECT_EQ((Names{"a", "b"}), names(first.body));
  EXPECT_EQ(2, first.body["metadata"]["remainingItemCount"]);
  world.ask("DELETE", kPods + "/c");
  world.make_pod("e");
  const auto second = world.get(kPods + "?limit=10&continue=" + text_at(first.body, "metadata.continue"));
  EXPECT_EQ((Names{"c", "d"}), names(second.body));
  EXPECT_EQ(text_at(first.body, "metadata.resourceVersion"), text_at(second.body, "metadata.resourceVersion"));
  world.cluster.store().compact();
  const auto late = world.get(kPods + "?limit=10&continue=" + text_at(first.body, "metadata.continue"));
  EXPECT_EQ(410, late.status);
  EXPECT_EQ("Expired", late.reason());
}

TEST(EmbeddedLists, ARevisionOfTheFutureIsTooLarge) {
  World world;
  const auto refused = world.get(kPods + "?resourceVersion=999999");
  EXPECT_EQ(504, refused.status);
  EXPECT_EQ("ResourceVersionTooLarge", refused.body["details"]["causes"][0]["reason"]);
}

TEST(EmbeddedLists, ProtobufListsAreReadByOurClient) {
  World world;
  world.make_pod("a");
  world.make_pod("b");
  const auto seen = world.ask("GET", kPods, "", "", kProtobuf);
  EXPECT_EQ("application/vnd.kubernetes.protobuf", seen.content_type);
  const auto page = kube::split_list(kube::Encoding::protobuf, seen.text);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(2U, page->items.size());
  const auto head = kube::read_head(page->items[1]);
  ASSERT_TRUE(head);
  EXPECT_EQ("b", head->key.name);
  EXPECT_EQ(std::to_string(world.cluster.store().revision()), page->resource_version);
}

TEST(EmbeddedLists, TablesHaveTheColumnsOfTheirKind) {
  World world;
  world.make_pod("a");
  const std::string accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const auto seen = world.ask("GET", kPods, "", "", accept);
  EXPECT_EQ("Table", text_at(seen.body, "kind"));
  EXPECT_EQ("Name", seen.body["columnDefinitions"][0]["name"]);
  EXPECT_EQ((Json{"a", "0/1", "Pending", "0", "0s", "<none>", "<none>", "<none>", "<none>"}),
            seen.body["rows"][0]["cells"]);
  EXPECT_EQ("PartialObjectMetadata", seen.body["rows"][0]["object"]["kind"]);
}

TEST(EmbeddedWatches, TellWhatHappenedAfterARevision) {
  World world;
  world.make_pod("a");
  const std::string from = std::to_string(world.cluster.store().revision());
  world.make_pod("b");
  world.bind_pod("b", "n1");
  world.ask("DELETE", kPods + "/a");
  const auto seen = world.get(kPods + "?watch=true&resourceVersion=" + from);
  EXPECT_EQ((Names{"ADDED b", "MODIFIED b", "DELETED a"}), events(seen.text));
}

TEST(EmbeddedWatches, FromZeroBeginWithWhatIsThere) {
  World world;
  world.make_pod("a");
  EXPECT_EQ((Names{"ADDED a"}), events(world.get(kPods + "?watch=1&resourceVersion=0").text));
}

TEST(EmbeddedWatches, AStreamingListEndsWithABookmarkThatSaysSo) {
  World world;
  world.make_pod("a");
  const std::string query =
      "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
  const auto seen = world.get(kPods + query);
  EXPECT_EQ((Names{"ADDED a", "BOOKMARK "}), events(seen.text));
  EXPECT_NE(std::string::npos, seen.text.find(R"("k8s.io/initial-events-end":"true")"));
  EXPECT_EQ(422, world.get(kPods + "?watch=true&sendInitialEvents=true").status);
}

TEST(EmbeddedWatches, ObjectsComeAndGoWithTheSelector) {
  World world;
  world.make_pod("a");
  const std::string from = std::to_string(world.cluster.store().revision());
  world.ask("PATCH", kPods + "/a", R"({"metadata":{"labels":{"app":"x"}}})", kMerge);
  world.ask("PATCH", kPods + "/a", R"({"metadata":{"labels":{"other":"1"}}})", kMerge);
  world.ask("PATCH", kPods + "/a", R"({"metadata":{"labels":{"app":"y"}}})", kMerge);
  world.ask("DELETE", kPods + "/a");
  const auto seen = world.get(kPods + "?watch=true&labelSelector=app%3Dx&resourceVersion=" + from);
  EXPECT_EQ((Names{"ADDED a", "MODIFIED a", "DELETED a"}), events(seen.text));
}

TEST(EmbeddedWatches, ACompactedRevisionIsAnErrorEventWith410) {
  World world;
  const std::string from = std::to_string(world.cluster.store().revision());
  world.make_pod("a");
  world.post("/basalt/compact", "");
  const auto seen = world.get(kPods + "?watch=true&resourceVersion=" + from);
  EXPECT_EQ(200, seen.status);
  EXPECT_EQ("ERROR", text_at(seen.body, "type"));
  EXPECT_EQ(410, seen.body["object"]["code"]);
}

TEST(EmbeddedWatches, AFullHistoryForgetsItsBeginning) {
  World world({.token = "", .faults = true, .clock = nullptr}, {.events_per_kind = 2});
  world.make_pod("a");
  const std::string from = std::to_string(world.cluster.store().revision());
  for (const char* name : {"b", "c", "d"}) world.make_pod(name);
  EXPECT_EQ("ERROR", text_at(world.get(kPods + "?watch=true&resourceVersion=" + from).body, "type"));
}

TEST(EmbeddedWatches, EndAtTheirTimeWithABookmark) {
  World world;
  HttpReply reply = world.send("GET", kPods + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=5&resourceVersion=" +
                                          std::to_string(world.cluster.store().revision()));
  auto& stream = *std::get<StreamAnswer>(reply.what).stream;
  int woken = 0;
  stream.start([&woken] { ++woken; });
  EXPECT_FALSE(stream.next().ended);
  world.make_pod("a");
  EXPECT_EQ(1, woken);
  EXPECT_EQ((Names{"ADDED a"}), events(stream.next().bytes));
  world.clock.advance(std::chrono::seconds(6));
  const StreamPart last = stream.next();
  EXPECT_TRUE(last.ended);
  EXPECT_EQ((Names{"BOOKMARK "}), events(last.bytes));
}

TEST(EmbeddedWatches, ProtobufFramesAreReadByOurClient) {
  World world;
  world.make_pod("a");
  const auto seen = world.ask("GET", kPods + "?watch=true&resourceVersion=0", "", "", kProtobuf);
  EXPECT_EQ("application/vnd.kubernetes.protobuf;stream=watch", seen.content_type);
  kube::FrameSplitter frames(kube::Encoding::protobuf);
  frames.append(seen.text);
  const auto frame = frames.next();
  ASSERT_TRUE(frame && *frame);
  const auto event = kube::read_watch_event(kube::Encoding::protobuf, **frame);
  ASSERT_TRUE(event);
  EXPECT_EQ(kube::EventType::added, event->type);
  EXPECT_EQ("a", kube::read_head(event->object)->key.name);
}

TEST(EmbeddedWatches, TablesSayTheirColumnsOnce) {
  World world;
  world.make_pod("a");
  world.make_pod("b");
  const auto seen =
      world.ask("GET", kPods + "?watch=true&resourceVersion=0", "", "", "application/json;as=Table;v=v1;g=meta.k8s.io");
  std::istringstream lines(seen.text);
  std::string first;
  std::string second;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_TRUE(Json::parse(first)["object"]["columnDefinitions"].is_array());
  EXPECT_TRUE(Json::parse(second)["object"]["columnDefinitions"].is_null());
}

TEST(EmbeddedFaults, AReplyIsLostAfterTheWriteWasDone) {
  World world;
  world.make_pod("a");
  EXPECT_EQ(201,
            world.post("/basalt/faults", R"({"verb":"create","resource":"pods/binding","dropReply":true})").status);
  const HttpReply reply = world.send("POST", kPods + "/a/binding", R"({"target":{"name":"n1"}})");
  EXPECT_TRUE(std::holds_alternative<HangUp>(reply.what));
  EXPECT_EQ("n1", text_at(world.get(kPods + "/a").body, "spec.nodeName"));
  EXPECT_EQ(409, world.bind_pod("a", "n1").status);  // once
}

TEST(EmbeddedFaults, ARefusalIsInjectedAfterSomeThatAreSpared) {
  World world;
  world.post("/basalt/faults",
             R"({"verb":"create","resource":"pods","skip":1,"times":1,"status":429,"retryAfterSeconds":3})");
  EXPECT_EQ(201, world.make_pod("a").status);
  HttpReply reply =
      world.send("POST", kPods, R"({"metadata":{"name":"b"},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  const auto& answer = std::get<HttpAnswer>(reply.what);
  EXPECT_EQ(429, answer.status);
  EXPECT_EQ((std::pair<std::string, std::string>("Retry-After", "3")), answer.headers.at(0));
  EXPECT_EQ(201, world.make_pod("b").status);
  EXPECT_EQ(400, world.post("/basalt/faults", R"({"verbs":"create"})").status);
}

TEST(EmbeddedFaults, WatchesAreCutStalledAndDisturbed) {
  World world;
  HttpReply reply = world.send("GET", kPods + "?watch=true&resourceVersion=0");
  auto& stream = *std::get<StreamAnswer>(reply.what).stream;
  stream.start([] {});
  stream.next();
  world.post("/basalt/watches", R"({"resource":"pods","stall":true})");
  world.make_pod("a");
  EXPECT_EQ("", stream.next().bytes);
  world.post("/basalt/watches", R"({"resource":"pods","stall":false,"duplicate":true})");
  EXPECT_EQ((Names{"ADDED a", "ADDED a"}), events(stream.next().bytes));
  world.post("/basalt/watches", R"({"cut":true})");
  EXPECT_TRUE(stream.next().broken);
}

TEST(EmbeddedFaults, TheCalendarJumps) {
  testing::TestClock base;
  AdjustableClock clock(base);
  Cluster cluster(clock, {});
  ApiServer api(cluster, {.token = "", .faults = true, .clock = &clock});
  const WallTime before = clock.now();
  const HttpReply reply = api.answer({"POST", "/basalt/clock", "", "", "", R"({"advanceSeconds":-3600})"});
  EXPECT_EQ(200, std::get<HttpAnswer>(reply.what).status);
  EXPECT_EQ(before - std::chrono::hours(1), clock.now());
}

TEST(EmbeddedFaults, NobodyCanSetThemUnlessTheyAreAllowed) {
  World world({.token = "", .faults = false, .clock = nullptr});
  EXPECT_EQ(404, world.post("/basalt/faults", "{}").status);
}

}  // namespace
}  // namespace basalt::embedded
