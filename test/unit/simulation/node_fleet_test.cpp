#include "simulation/node_fleet.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace basalt::simulation {
namespace {

using Json = nlohmann::json;
using Kind = Order::Kind;
using std::chrono::seconds;

const WallTime kStart{seconds(1'000'000)};

Node node(const std::string& name, bool down = false, const std::string& ready = "True") {
  Node made;
  made.name = name;
  made.uid = "uid-" + name;
  made.down = down;
  made.capacity = {{"cpu", "8"}};
  made.allocatable = made.capacity;
  made.wanted = made.capacity;
  made.address = "10.0.0.1";
  made.ready = ready;
  return made;
}

Pod pod(const std::string& name, Phase phase = Phase::pending) {
  Pod made;
  made.key = {"default", name};
  made.uid = "uid-" + name;
  made.node = "node-0001";
  made.restart_policy = "Never";
  made.containers = {{"c", "i"}};
  made.phase = phase;
  return made;
}

FleetOptions quiet(int nodes = 0) {
  FleetOptions options;
  options.nodes = nodes;
  options.lease = seconds(0);
  options.heartbeat = seconds(0);
  return options;
}

Json body(const std::optional<Order>& order) { return order ? Json::parse(order->body) : Json(); }

TEST(NodeFleetTest, CreatesItsNodesAndSpreadsThemOverZones) {
  FleetOptions options = quiet(2);
  options.zones = 2;
  options.shape.capacity = {{"cpu", "4"}, {"nvidia.com/gpu", "8"}};
  NodeFleet fleet(options);
  fleet.begin(kStart);
  const auto first = fleet.next_order(kStart);
  const auto second = fleet.next_order(kStart);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(Kind::create_node, first->kind);
  EXPECT_EQ("node-0001", first->name);
  EXPECT_EQ("8", body(first)["status"]["allocatable"]["nvidia.com/gpu"]);
  EXPECT_EQ("zone-1", body(first)["metadata"]["labels"]["topology.kubernetes.io/zone"]);
  EXPECT_EQ("zone-0", body(second)["metadata"]["labels"]["topology.kubernetes.io/zone"]);
  EXPECT_NE(body(first)["status"]["addresses"], body(second)["status"]["addresses"]);
  fleet.settle(*first, OrderResult::failed, kStart);
  fleet.settle(*second, OrderResult::done, kStart);
  EXPECT_FALSE(fleet.next_order(kStart));
  EXPECT_EQ("node-0001", fleet.next_order(kStart + seconds(1))->name) << "what failed is tried again";
}

TEST(NodeFleetTest, RunsAPodToItsEndAndSendsNothingTwice) {
  NodeFleet fleet(quiet());
  fleet.take(node("node-0001"), kStart);
  fleet.take(pod("p"), kStart);
  const auto start = fleet.next_order(kStart);
  ASSERT_TRUE(start);
  EXPECT_EQ(Kind::pod_status, start->kind);
  EXPECT_EQ("Running", body(start)["status"]["phase"]);
  EXPECT_EQ("10.0.0.1", body(start)["status"]["hostIP"]);
  EXPECT_EQ("uid-p", body(start)["metadata"]["uid"]);
  EXPECT_FALSE(fleet.next_order(kStart)) << "its answer is awaited";
  fleet.settle(*start, OrderResult::done, kStart);
  fleet.take(pod("p"), kStart);  // an event from before our write
  EXPECT_FALSE(fleet.next_order(kStart));
  EXPECT_FALSE(fleet.next_order(kStart + seconds(29)));
  const auto end = fleet.next_order(kStart + seconds(30));
  ASSERT_TRUE(end);
  EXPECT_EQ("Succeeded", body(end)["status"]["phase"]);
  EXPECT_EQ(0, body(end)["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"]);
  fleet.settle(*end, OrderResult::done, kStart + seconds(30));
  EXPECT_EQ(std::nullopt, fleet.next_due());
}

TEST(NodeFleetTest, APodThatIsDeletedWhileItStartsIsRemovedNext) {
  NodeFleet fleet(quiet());
  fleet.take(node("node-0001"), kStart);
  fleet.take(pod("p"), kStart);
  const auto start = fleet.next_order(kStart);
  Pod deleted = pod("p");
  deleted.deleted = kStart + seconds(30);
  deleted.grace = seconds(30);
  fleet.take(deleted, kStart);
  fleet.settle(*start, OrderResult::done, kStart);
  const auto removal = fleet.next_order(kStart);
  ASSERT_TRUE(removal);
  EXPECT_EQ(Kind::pod_delete, removal->kind);
  fleet.settle(*removal, OrderResult::done, kStart);
  fleet.drop_pod({"default", "p"});
  EXPECT_EQ(0U, fleet.pod_count());
  EXPECT_FALSE(fleet.next_order(kStart + seconds(100)));
}

TEST(NodeFleetTest, ANodeThatIsDownIsNotReadyAndDoesNothingUntilItComesBack) {
  FleetOptions options = quiet();
  options.lease = seconds(10);
  NodeFleet fleet(options);
  fleet.take(node("node-0001"), kStart);
  const auto lease = fleet.next_order(kStart);
  EXPECT_EQ(Kind::create_lease, lease->kind);
  fleet.settle(*lease, OrderResult::done, kStart);

  fleet.take(node("node-0001", true), kStart);
  fleet.take(pod("p"), kStart);
  const auto unknown = fleet.next_order(kStart);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(Kind::readiness, unknown->kind);
  EXPECT_EQ("Unknown", body(unknown)["status"]["conditions"][0]["status"]);
  fleet.take(node("node-0001", true, "Unknown"), kStart);  // the event overtakes the answer
  fleet.settle(*unknown, OrderResult::done, kStart);
  EXPECT_FALSE(fleet.next_order(kStart + seconds(1000)));

  fleet.take(node("node-0001", false, "Unknown"), kStart + seconds(1000));
  std::set<Kind> kinds;
  while (const auto order = fleet.next_order(kStart + seconds(1020))) kinds.insert(order->kind);
  EXPECT_EQ((std::set<Kind>{Kind::readiness, Kind::renew_lease, Kind::pod_status}), kinds);
}

TEST(NodeFleetTest, RenewsItsLeasesAndMakesThemAnewWhenTheyAreGone) {
  FleetOptions options = quiet();
  options.lease = seconds(10);
  NodeFleet fleet(options);
  fleet.take(node("node-0001"), kStart);
  auto order = fleet.next_order(kStart);
  fleet.settle(*order, OrderResult::rejected, kStart);  // it exists
  EXPECT_FALSE(fleet.next_order(kStart + seconds(9)));
  order = fleet.next_order(kStart + seconds(10));
  EXPECT_EQ(Kind::renew_lease, order->kind);
  fleet.settle(*order, OrderResult::rejected, kStart + seconds(10));
  EXPECT_EQ(Kind::create_lease, fleet.next_order(kStart + seconds(20))->kind);
}

TEST(NodeFleetTest, WritesTheAllocatableThatAnAnnotationAsksFor) {
  NodeFleet fleet(quiet());
  Node ill = node("node-0001");
  ill.wanted = {{"cpu", "6"}};
  fleet.take(ill, kStart);
  const auto order = fleet.next_order(kStart);
  ASSERT_TRUE(order);
  EXPECT_EQ(Kind::allocatable, order->kind);
  EXPECT_EQ("6", body(order)["status"]["allocatable"]["cpu"]);
  fleet.settle(*order, OrderResult::done, kStart);
  EXPECT_FALSE(fleet.next_order(kStart));
}

TEST(NodeFleetTest, PodsOfANodeThatIsNotSimulatedAreLeftAloneUntilItIs) {
  NodeFleet fleet(quiet());
  fleet.take(pod("p"), kStart);
  EXPECT_FALSE(fleet.next_order(kStart));
  fleet.take(node("node-0001"), kStart);
  EXPECT_TRUE(fleet.next_order(kStart));
}

TEST(NodeFleetTest, APodWithTheNameOfAnEarlierOneStartsFromItsBeginning) {
  NodeFleet fleet(quiet());
  fleet.take(node("node-0001"), kStart);
  fleet.take(pod("p", Phase::succeeded), kStart);
  EXPECT_FALSE(fleet.next_order(kStart));
  Pod next = pod("p");
  next.uid = "another";
  fleet.take(next, kStart);
  EXPECT_EQ("another", fleet.next_order(kStart)->uid);
}

}  // namespace
}  // namespace basalt::simulation
