#include <gmock/gmock.h>

#include <algorithm>

#include "tools/view/expectation.hpp"
#include "tools/view/page.hpp"
#include "tools/view/picture.hpp"

namespace basalt::view {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

NodeObject node(const std::string& name, std::int64_t milli_cpu) {
  NodeObject made;
  made.meta.name = name;
  made.allocatable = {{"cpu", milli_cpu}};
  return made;
}

QueueObject queue(const std::string& name, std::int64_t milli_cpu_limit = 0) {
  QueueObject made;
  made.meta.name = name;
  if (milli_cpu_limit > 0) made.capability = {{"cpu", milli_cpu_limit}};
  return made;
}

PodGroupObject group(const std::string& name, int minimum, const std::string& queue_name = "",
                     const std::string& why = "") {
  PodGroupObject made;
  made.meta.namespace_name = "default";
  made.meta.name = name;
  made.min_member = minimum;
  made.queue = queue_name;
  made.phase = "Inqueue";
  if (!why.empty()) made.conditions = {{"Unschedulable", "True", "NotEnoughResources", why}};
  return made;
}

struct PodWish {
  std::string name;
  std::string node = {};
  std::string group = {};
  PodPhase phase = PodPhase::pending;
  std::string owner_kind = {};
  std::string owner = {};
  std::string scheduler = "basalt";
};

PodObject pod(const PodWish& wish) {
  PodObject made;
  made.meta.namespace_name = "default";
  made.meta.name = wish.name;
  if (!wish.group.empty()) made.meta.annotations = {{"scheduling.k8s.io/group-name", wish.group}};
  if (!wish.owner.empty()) made.meta.controller = OwnerReference{"v1", wish.owner_kind, wish.owner, "u"};
  made.scheduler_name = wish.scheduler;
  made.node_name = wish.node;
  made.phase = wish.phase;
  made.request = {{"cpu", 2000}};
  return made;
}

Snapshot snapshot_of(std::vector<ObjectVariant> objects) {
  Snapshot snapshot;
  for (ObjectVariant& object : objects) snapshot.take(std::move(object));
  return snapshot;
}

Picture picture(std::vector<ObjectVariant> objects) { return picture_of(snapshot_of(std::move(objects)), "cpu"); }

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(Picture, NodesCountThePodsThatAreOnThemAndHaveNotEnded) {
  const Picture seen =
      picture({node("n1", 8000), group("g", 1), pod({.name = "a", .node = "n1", .group = "g"}),
               pod({.name = "b", .node = "n1", .group = "g"}),
               pod({.name = "c", .node = "n1", .group = "g", .phase = PodPhase::succeeded}),
               pod({.name = "d", .group = "g"}), pod({.name = "e", .node = "n1", .scheduler = "default-scheduler"})});
  ASSERT_EQ(1U, seen.nodes.size());
  EXPECT_EQ(6000, seen.nodes[0].used);
  EXPECT_EQ(8000, seen.nodes[0].size);
  EXPECT_THAT(seen.nodes[0].tenants, ElementsAre(Pair("e", 1), Pair("g", 2)));
}

TEST(Picture, GangsCountTheirPodsAndSayWhyTheyWait) {
  const Picture seen = picture({node("n1", 8000), queue("q"), group("g", 2, "q", "no room"),
                                pod({.name = "a", .node = "n1", .group = "g", .phase = PodPhase::succeeded}),
                                pod({.name = "b", .node = "n1", .group = "g"}), pod({.name = "c", .group = "g"})});
  const Workload* gang = seen.find("default", "g");
  ASSERT_NE(nullptr, gang);
  EXPECT_EQ((Workload{"default", "g", "q", true, "Inqueue", 2, 2, 1, 1, "no room"}), *gang);
  ASSERT_EQ(1U, seen.queues.size());
  EXPECT_EQ(2000, seen.queues[0].used);
  EXPECT_EQ(1, seen.queues[0].placed);
  EXPECT_EQ(1, seen.queues[0].waiting);
}

TEST(Picture, AReasonIsForgottenWhenNothingWaitsAnyMore) {
  const Picture seen =
      picture({node("n1", 8000), group("g", 1, "", "no room"), pod({.name = "a", .node = "n1", .group = "g"})});
  EXPECT_EQ("", seen.find("default", "g")->hindrance);
}

TEST(Picture, PodsWithoutGangAreNamedAfterTheirControllerAndOfReplicaSetsAfterTheDeployment) {
  const Picture seen = picture({pod({.name = "web-5d4-x", .owner_kind = "ReplicaSet", .owner = "web-5d4"}),
                                pod({.name = "web-5d4-y", .owner_kind = "ReplicaSet", .owner = "web-5d4"}),
                                pod({.name = "j-1", .owner_kind = "Job", .owner = "j"}), pod({.name = "alone"}),
                                pod({.name = "other", .scheduler = "default-scheduler"})});
  std::vector<std::pair<std::string, int>> names;
  for (const Workload& workload : seen.workloads) names.emplace_back(workload.name, workload.waiting);
  EXPECT_THAT(names, ElementsAre(Pair("alone", 1), Pair("j", 1), Pair("web", 2)));
}

TEST(Picture, WhatIsGoneIsNotShown) {
  Snapshot snapshot = snapshot_of({node("n1", 8000), queue("q"), group("g", 1), pod({.name = "a", .group = "g"})});
  snapshot.drop(ObjectKind::node, {"", "n1"});
  snapshot.drop(ObjectKind::queue, {"", "q"});
  snapshot.drop(ObjectKind::pod_group, {"default", "g"});
  snapshot.drop(ObjectKind::pod, {"default", "a"});
  const Picture seen = picture_of(snapshot, "cpu");
  EXPECT_TRUE(seen.nodes.empty());
  EXPECT_TRUE(seen.queues.empty());
  EXPECT_TRUE(seen.workloads.empty());
}

TEST(Expectation, IsReadWithAndWithoutNamespace) {
  EXPECT_EQ((Expectation{"default", "a", 3}), *parse_expectation("a=3"));
  EXPECT_EQ((Expectation{"ns", "a", 0}), *parse_expectation("ns/a=waits"));
}

TEST(Expectation, ThatCannotBeMeantIsRefused) {
  for (const char* text : {"", "a", "=3", "a=", "a=0", "a=-1", "a=wait", "/a=1", "ns/=1", "a=3x"}) {
    const auto read = parse_expectation(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("expected NAME=PODS or NAME=waits"));
  }
}

TEST(Expectation, OfPodsOnNodesIsMetByExactlySoMany) {
  const Expectation two{"default", "g", 2};
  EXPECT_EQ("g: there is no such gang, workload or pod", shortfall(two, picture({})));
  EXPECT_EQ("g: 1 pods on nodes, expected 2",
            shortfall(two, picture({group("g", 1), pod({.name = "a", .node = "n", .group = "g"}),
                                    pod({.name = "b", .group = "g"})})));
  EXPECT_EQ("", shortfall(two, picture({group("g", 1), pod({.name = "a", .node = "n", .group = "g"}),
                                        pod({.name = "b", .node = "n", .group = "g"})})));
}

TEST(Expectation, OfWaitingNeedsAllPodsNoneOnANodeAndAReason) {
  const Expectation waits{"default", "g", 0};
  const auto waiting = pod({.name = "a", .group = "g"});
  EXPECT_EQ("g: 0 pods exist, 1 are needed", shortfall(waits, picture({group("g", 1, "", "no room")})));
  EXPECT_EQ("g: waits, and nobody says why", shortfall(waits, picture({group("g", 1), waiting})));
  EXPECT_EQ("g: 1 pods on nodes, expected it to wait as a whole",
            shortfall(waits, picture({group("g", 1), pod({.name = "a", .node = "n", .group = "g"})})));
  EXPECT_EQ("", shortfall(waits, picture({group("g", 1, "", "no room"), waiting})));
}

std::vector<ObjectVariant> small_cluster() {
  return {node("n1", 8000),
          node("n2", 8000),
          queue("q", 16000),
          group("placed", 1, "q"),
          group("stuck", 3, "q", "3 pods of it do not fit"),
          pod({.name = "a", .node = "n1", .group = "placed"}),
          pod({.name = "b", .group = "stuck"})};
}

TEST(Page, ShowsNodesAsBarsQueuesGangsAndWhyTheyWait) {
  EXPECT_EQ(
      "2 nodes, 2 gangs, 2 pods: 1 on nodes, 1 waiting\n"
      "\n"
      "Nodes (cpu in use)\n"
      "  n1  [######..................] 2/8         placed x1\n"
      "  n2  [........................] 0/8\n"
      "\n"
      "Queues\n"
      "  q  weight 1    cpu in use 2 of at most 16       pods: 1 on nodes, 1 waiting\n"
      "\n"
      "Placed\n"
      "  placed  queue q  Inqueue    1 of 1 pods on nodes, at least 1 needed\n"
      "\n"
      "Waiting\n"
      "  stuck   queue q  Inqueue    0 of 1 pods on nodes, at least 3 needed\n"
      "    3 pods of it do not fit\n",
      text_of(page_of(picture(small_cluster()), {})));
}

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

TEST(Page, IsNeverWiderOrHigherThanItsTerminal) {
  std::vector<ObjectVariant> objects = small_cluster();
  for (int i = 100; i < 150; ++i) {
    objects.emplace_back(node("big-node-" + std::to_string(i), 8000));
    objects.emplace_back(group("gang-" + std::to_string(i), 1, "q", "it is too big for this cluster, \xC3\xA4h"));
  }
  const Picture seen = picture(std::move(objects));
  for (std::size_t height = 1; height < 80; height += 6) {
    for (std::size_t width = 1; width < 100; width += 7) {
      const auto lines = page_of(seen, {.width = width, .height = height, .colour = false});
      EXPECT_LE(lines.size(), height);
      for (const std::string& line : lines) EXPECT_LE(columns(line), width) << line;
    }
  }
}

TEST(Page, NodesThatDoNotFitAreOneLine) {
  std::vector<ObjectVariant> objects;
  for (int i = 100; i < 150; ++i) objects.emplace_back(node("n" + std::to_string(i), 8000));
  const std::string text = text_of(page_of(picture(std::move(objects)), {.width = 100, .height = 20, .colour = false}));
  EXPECT_THAT(text, HasSubstr("\n  +34   [........................] 0/272\n"));
}

TEST(Page, LongReasonsAreWrapped) {
  const std::string text =
      text_of(page_of(picture({group("g", 1, "", "one two three four five six")}), {.width = 18, .height = 0}));
  EXPECT_THAT(text, HasSubstr("\n    one two three\n    four five six\n"));
}

TEST(Page, TextFromTheClusterCannotSteerTheTerminal) {
  const std::string text = text_of(page_of(picture({group("g", 1, "",
                                                          "a\033[2Jb\nc\x7F"
                                                          "d\xC2\x9B"
                                                          "1m")}),
                                           {}));
  EXPECT_THAT(text, HasSubstr("a?[2Jb?c?d?1m"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(News, TellsOfWhatChangedOnly) {
  const Picture before = picture(small_cluster());
  std::vector<ObjectVariant> objects = small_cluster();
  objects.emplace_back(pod({.name = "b", .node = "n2", .group = "stuck"}));
  News news;
  EXPECT_THAT(news.tell(before, true), ElementsAre(StartsWith("placed: 1 of 1"), StartsWith("stuck: 0 of 1")));
  EXPECT_THAT(news.tell(before, true), ElementsAre());
  EXPECT_THAT(news.tell(picture(std::move(objects)), true),
              ElementsAre("stuck: 1 of 1 pods on nodes, at least 3 needed"));
  EXPECT_THAT(news.tell(picture({}), true), ElementsAre("placed: gone", "stuck: gone"));
}

TEST(News, WhatWasSeenBeforeEverythingWasIsToldOfToo) {
  const Picture now = picture(small_cluster());
  News news;
  EXPECT_THAT(news.tell(now, false), ElementsAre());
  EXPECT_THAT(news.tell(now, true), ElementsAre(StartsWith("placed: 1 of 1"), StartsWith("stuck: 0 of 1")));
  EXPECT_THAT(news.tell(picture({}), false), ElementsAre());
  EXPECT_THAT(news.tell(now, true), ElementsAre());
}

}  // namespace
}  // namespace basalt::view
