// Gangs on a real control plane: all of them or none.

#include <iostream>

#include "e2e/harness/e2e_test.hpp"

namespace basalt::e2e {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

class GangTest : public SchedulerTest {
 protected:
  /// Changes of the PodGroup between two revisions that say that it cannot be placed.
  int refusals_between(const std::string& gang, std::int64_t from, std::int64_t to) {
    int count = 0;
    for (const Entry& entry : ledger().history()) {
      const auto* facts = std::get_if<GangFacts>(&entry.facts);
      if (facts == nullptr || entry.name != gang || entry.revision <= from || entry.revision >= to) continue;
      count += condition_of(facts->status, "Unschedulable").is_null() ? 0 : 1;
    }
    return count;
  }

  std::int64_t revision_of_node(const std::string& name) {
    for (const Entry& entry : ledger().history()) {
      if (std::holds_alternative<NodeFacts>(entry.facts) && entry.name == name) return entry.revision;
    }
    return 0;
  }
};

TEST_F(GangTest, FiftyGangsOfTenOnAHundredNodesAreAllBoundWhole) {
  constexpr int kGangs = 50;
  constexpr int kMembers = 10;
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 100));
  std::vector<nlohmann::json> groups;
  std::vector<nlohmann::json> pods;
  for (int i = 0; i < kGangs; ++i) {
    const std::string name = "gang-" + std::to_string(i);
    groups.push_back(make_gang(name, {.min_member = kMembers, .extra = {{"minResources", {{"cpu", "10"}}}}}));
    for (nlohmann::json& pod : make_pods(name, kMembers, {.gang = name})) pods.push_back(std::move(pod));
  }
  const auto begin = SteadyClock::now();
  api().create_all(pod_groups_path(), groups);
  api().create_all(pods_path(), pods);
  const auto created = SteadyClock::now();
  ledger().wait_for("500 pods bound", seconds{120}, [](const ClusterView& view) { return view.bound() == 500; });
  const auto bound = SteadyClock::now();

  ledger().catch_up();
  const Judgement judgement = ledger().judge();
  ASSERT_EQ(static_cast<std::size_t>(kGangs), judgement.gangs.size());
  for (const auto& [name, gang] : judgement.gangs) EXPECT_EQ(static_cast<std::size_t>(kMembers), gang.holding) << name;
  for (int i = 0; i < kGangs; ++i) {
    wait_for_status("gang-" + std::to_string(i), "phase Running",
                    [](const nlohmann::json& status) { return status.value("phase", "") == "Running"; });
  }
  std::cout << "500 pods created in " << duration_cast<milliseconds>(created - begin).count()
            << "ms, the last one bound " << duration_cast<milliseconds>(bound - created).count() << "ms later\n"
            << judgement.text();
}

TEST_F(GangTest, AGangThatDoesNotFitBindsNothingSaysWhyAndIsBoundInTheFirstCycleAfterRoomAppears) {
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 2, {.cpu = "4"}));
  create_gang("big", {.min_member = 10}, 10);
  nlohmann::json condition;
  // The first condition may come when only some of its pods have been seen.
  wait_for_status("big", "a condition that says what nodes are short of", [&](const nlohmann::json& status) {
    condition = condition_of(status, "Unschedulable");
    return !condition.is_null() && condition.value("message", "").find("cpu") != std::string::npos;
  });
  EXPECT_EQ("True", condition.value("status", ""));
  EXPECT_EQ("NotEnoughResources", condition.value("reason", ""));
  EXPECT_NE(std::string::npos, condition.value("message", "").find("10 minAvailable")) << condition.dump();
  EXPECT_EQ(0, ledger().view().bound());

  // One write makes room for all ten: the cycle that sees it sees all of it.
  api().create(kNodesPath, make_node("roomy", {.cpu = "16"}));
  wait_until_bound("default/big", 10);
  ledger().catch_up();
  const GangReport report = ledger().judge().gangs.at("default/big");
  const std::int64_t room = revision_of_node("roomy");
  EXPECT_GT(report.first_bind, room);
  EXPECT_EQ(0, refusals_between("default/big", room, report.first_bind)) << "a cycle that saw the room did not use it";
}

TEST_F(GangTest, TwoGangsThatEachNeedSixtyPercentNeverHoldEachOtherUp) {
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 10, {.cpu = "4"}));
  api().create(pod_groups_path(), make_gang("left", {.min_member = 6}));
  api().create(pod_groups_path(), make_gang("right", {.min_member = 6}));
  const PodShape whole_node{.gang = "left", .requests = {{"cpu", "4"}, {"memory", "1Gi"}}};
  PodShape other = whole_node;
  other.gang = "right";
  std::vector<nlohmann::json> pods;  // in turns, so that neither gang is complete before the other
  for (int i = 0; i < 6; ++i) {
    pods.push_back(make_pod("left-" + std::to_string(i), whole_node));
    pods.push_back(make_pod("right-" + std::to_string(i), other));
  }
  api().create_all(pods_path(), pods);
  ledger().wait_for("one of the gangs whole", seconds{60}, [](const ClusterView& view) {
    return view.bound_of("default/left") == 6 || view.bound_of("default/right") == 6;
  });
  const bool left_first = ledger().view().bound_of("default/left") == 6;
  const std::string first = left_first ? "left" : "right";
  const std::string second = left_first ? "right" : "left";
  wait_for_status(second, "a condition that says why it waits",
                  [](const nlohmann::json& status) { return !condition_of(status, "Unschedulable").is_null(); });
  EXPECT_EQ(0, ledger().view().bound_of("default/" + second));

  kubelet().run_bound();
  kubelet().finish(first, "Succeeded");
  wait_until_bound("default/" + second, 6);
}

TEST_F(GangTest, MembersBeyondTheMinimumAreBoundWhereTheyFit) {
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 1, {.cpu = "5"}));
  create_gang("elastic", {.min_member = 2}, 8);
  wait_until_bound("default/elastic", 5);
  api().create(kNodesPath, make_node("more", {.cpu = "8"}));
  wait_until_bound("default/elastic", 8);
}

TEST_F(GangTest, PodsThatComeBeforeTheirPodGroupAreBoundWhenItAppears) {
  start_scheduler();
  api().create_all(kNodesPath, make_nodes("node", 1));
  api().create_all(pods_path(), make_pods("early", 3, {.gang = "early"}));
  // Another pod, created later and bound, shows that the scheduler has seen these.
  api().create(pods_path(), make_pod("witness"));
  ledger().wait_for("the witness is bound", seconds{30}, [](const ClusterView& view) {
    const auto witness = view.pods.find("default/witness");
    return witness != view.pods.end() && !witness->second.node.empty();
  });
  EXPECT_EQ(0, ledger().view().bound_of("default/early"));
  api().create(pod_groups_path(), make_gang("early", {.min_member = 3}));
  wait_until_bound("default/early", 3);
}

TEST_F(GangTest, RoomTakenByPodsOfOtherSchedulersIsNotGivenAway) {
  start_scheduler();
  api().create(kNodesPath, make_node("shared", {.cpu = "8"}));
  api().create_all(pods_path(), make_pods("foreign", 5, {.scheduler_name = "somebody-else", .node = "shared"}));
  create_gang("four", {.min_member = 4}, 4);
  create_gang("three", {.min_member = 3}, 3);
  wait_until_bound("default/three", 3);
  EXPECT_EQ(0, ledger().view().bound_of("default/four"));
  kubelet().remove("foreign");
  wait_until_bound("default/four", 4);
}

}  // namespace
}  // namespace basalt::e2e
