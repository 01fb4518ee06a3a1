#include "scheduler/orders.hpp"

#include <gmock/gmock.h>

#include "state/state.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OrderBookTest : public ::testing::Test {
 protected:
  OrderBookTest() {
    NodeObject node;
    node.meta.name = "n1";
    node.allocatable = {{"cpu", 64'000}, {"memory", 64 << 20}, {"pods", 110}};
    state_.apply(Upserted{node});
    QueueObject queue;
    queue.meta.name = "default";
    queue.meta.uid = "uid-default";
    queue.allocated = {{"cpu", 1000}};
    state_.apply(Upserted{queue});
    add_group("g", {{"Scheduled", "True", "tasks in gang are ready to be scheduled", ""}});
    add_group("h", {});
    for (const char* name : {"g-0", "h-0", "g-1", "h-1"}) add_pod(name);
  }

  void add_group(const std::string& name, std::vector<ConditionText> conditions) {
    PodGroupObject group;
    group.meta = meta(name);
    group.min_member = 2;
    group.phase = "Pending";
    group.running = 7;
    group.conditions = std::move(conditions);
    state_.apply(Upserted{group});
  }
  void add_pod(const std::string& name) {
    PodObject pod;
    pod.meta = meta(name);
    pod.meta.annotations = {{"scheduling.k8s.io/group-name", name.substr(0, 1)}};
    pod.scheduler_name = "basalt";
    pod.request = {{"cpu", 1000}};
    if (name == "g-1") pod.conditions = {{"PodScheduled", "False", "Unschedulable", "before"}};
    state_.apply(Upserted{pod});
  }
  static ObjectMeta meta(const std::string& name) {
    ObjectMeta meta;
    meta.namespace_name = "ns";
    meta.name = name;
    meta.uid = "uid-" + name;
    return meta;
  }

  TaskId task(const std::string& name) {
    TaskId found;
    state_.cluster().tasks().for_each([&](TaskId id, const Task& row) {
      if (row.name == name) found = id;
    });
    return found;
  }
  JobId job(const std::string& name) { return state_.cluster().tasks()[task(name + "-0")].job; }
  Orders write(const Decisions& decisions, int second = 5) {
    return book_.write(decisions, state_.cluster(), {WallTime(std::chrono::seconds(second)), 3});
  }
  static const adapter::PodGroupStatusWrite& group_write(const Orders& orders) {
    return std::get<PodGroupStatusOrder>(orders.statuses.at(0)).write;
  }

  State state_{Ownership{}};
  OrderBook book_{"basalt"};
};

TEST_F(OrderBookTest, BindsOfAGangStandTogetherInTheOrderOfTheirFirsts) {
  const NodeId node = state_.cluster().nodes_in_order()[0];
  const Orders orders = write({Bind{task("h-1"), node, {}}, Bind{task("g-0"), node, {{"k", "v"}}},
                               Bind{task("h-0"), node, {}}, Bind{task("g-1"), node, {}}});
  std::vector<std::string> names;
  for (const BindOrder& order : orders.binds) names.push_back(order.pod.name);
  EXPECT_THAT(names, ElementsAre("h-1", "h-0", "g-0", "g-1"));
  EXPECT_EQ("uid-g-0", orders.binds[2].pod.uid);
  EXPECT_EQ("n1", orders.binds[2].node);
  EXPECT_EQ((StringPairs{{"k", "v"}}), orders.binds[2].annotations);
  EXPECT_THAT(orders.events, IsEmpty()) << "a bind is told once it is known to be true";
}

TEST_F(OrderBookTest, AGroupsStatusIsWrittenWholeWithWhatNobodyDecided) {
  const Orders orders = write({JobCondition{job("g"), {"Unschedulable", "True", "NotEnoughResources", "no room"}}});
  ASSERT_THAT(orders.statuses, SizeIs(1));
  const adapter::PodGroupStatusWrite& write = group_write(orders);
  EXPECT_EQ("Pending", write.phase);
  EXPECT_EQ(7, write.running);
  ASSERT_THAT(write.conditions, SizeIs(2));
  EXPECT_EQ("Scheduled", write.conditions[0].type);
  EXPECT_EQ("Unschedulable", write.conditions[1].type);
  EXPECT_EQ("5-3", write.conditions[1].transition_id);
  ASSERT_THAT(orders.events, SizeIs(1));
  EXPECT_EQ("Unschedulable", orders.events[0].reason);
  EXPECT_EQ("Warning", orders.events[0].type);
  EXPECT_EQ("no room", orders.events[0].message);
  EXPECT_EQ("scheduling.volcano.sh/v1beta1", orders.events[0].api_version);
}

TEST_F(OrderBookTest, PhaseAndConditionsOfAGroupAreOneWrite) {
  const Orders orders = write(
      {JobStatus{job("g"), JobPhase::running, 2, 0, 0}, JobCondition{job("g"), {"Scheduled", "True", "ready", ""}}});
  ASSERT_THAT(orders.statuses, SizeIs(1));
  EXPECT_EQ("Running", group_write(orders).phase);
  EXPECT_EQ(2, group_write(orders).running);
  ASSERT_THAT(group_write(orders).conditions, SizeIs(1));
  EXPECT_EQ("ready", group_write(orders).conditions[0].reason);
  EXPECT_EQ("pod group is ready", orders.events.at(0).message);
}

TEST_F(OrderBookTest, AConditionKeepsTheTimeAtWhichItBecameSo) {
  const JobCondition decided{job("h"), {"Unschedulable", "True", "NotEnoughResources", "no room"}};
  static_cast<void>(write({decided}, 5));
  state_.assume({decided});
  const Orders later = write({JobStatus{job("h"), JobPhase::inqueue, 0, 0, 0}}, 60);
  EXPECT_EQ(WallTime(std::chrono::seconds(5)), group_write(later).conditions.at(0).last_transition);
  EXPECT_EQ("5-3", group_write(later).conditions.at(0).transition_id);
}

TEST_F(OrderBookTest, APodsConditionKnowsWhatItWasBefore) {
  const Orders orders = write(
      {TaskCondition{task("g-1"), "Unschedulable", "no room"}, TaskCondition{task("g-0"), "Unschedulable", "no room"}});
  EXPECT_EQ("False", std::get<PodConditionOrder>(orders.statuses.at(0)).write.previous_status);
  EXPECT_EQ("", std::get<PodConditionOrder>(orders.statuses.at(1)).write.previous_status);
  EXPECT_EQ("FailedScheduling", std::get<PodConditionOrder>(orders.statuses.at(0)).event->reason);
}

TEST_F(OrderBookTest, AQueuesStatusKnowsWhatItWasBefore) {
  QueueId queue;
  state_.cluster().queues().for_each([&](QueueId id, const Queue&) { queue = id; });
  const Orders orders = write({QueueStatus{queue, {{"memory", 5}}}});
  const auto& write = std::get<QueueStatusOrder>(orders.statuses.at(0)).write;
  EXPECT_EQ((NamedAmounts{{"memory", 5}}), write.allocated);
  EXPECT_EQ((NamedAmounts{{"cpu", 1000}}), write.previous);
}

TEST_F(OrderBookTest, AnEvictionIsToldToThePodAndItsGroup) {
  const Orders orders = write({Evict{task("g-0"), "preempt"}});
  EXPECT_EQ("preempt", orders.evictions.at(0).reason);
  ASSERT_THAT(orders.events, SizeIs(2));
  EXPECT_EQ("Pod is evicted, because of preempt", orders.events[0].message);
  EXPECT_EQ("PodGroup", orders.events[1].kind);
  EXPECT_EQ("Normal", orders.events[1].type);
}

TEST_F(OrderBookTest, AReservationIsWrittenAsANominationBesideTheCondition) {
  const NodeId node = state_.cluster().nodes_in_order()[0];
  const Orders orders = write({Reserve{task("g-0"), node}, TaskCondition{task("g-0"), "Unschedulable", "soon"}});
  ASSERT_THAT(orders.statuses, SizeIs(1));
  const adapter::PodUnscheduledWrite& write = std::get<PodConditionOrder>(orders.statuses[0]).write;
  EXPECT_EQ("soon", write.message);
  EXPECT_EQ(adapter::Nomination::set, write.nomination);
  EXPECT_EQ(state_.cluster().node_name(node), write.nominated_node);
}

TEST_F(OrderBookTest, WhatIsOursAloneIsNotWritten) {
  const Orders orders = write({Enqueue{job("g")}, Release{task("g-0")}});  // it was never nominated
  EXPECT_THAT(orders.binds, IsEmpty());
  EXPECT_THAT(orders.statuses, IsEmpty());
  EXPECT_THAT(orders.events, IsEmpty());
}

}  // namespace
}  // namespace basalt
