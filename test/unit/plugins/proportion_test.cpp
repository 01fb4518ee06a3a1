#include "plugins/proportion/proportion.hpp"

#include <gtest/gtest.h>

#include "plugins/proportion/queue_shares.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class ProportionTest : public testing::Test {
 protected:
  JobId job(QueueId queue, const std::string& name, const NamedAmounts& minimum = {}) {
    Job row;
    if (!minimum.empty()) row.min_resources = world.resources(minimum);
    return world.job(name, queue, 1, row);
  }
  QueueId weighed(const std::string& name, std::int32_t weight) {
    Queue row;
    row.weight = weight;
    return world.queue(name, row);
  }
  QueueId limited(const std::string& name, const NamedAmounts& capability) {
    Queue row;
    row.capability = world.cluster.limits(capability).value();
    return world.queue(name, row);
  }
  std::unordered_map<QueueId, QueueShare> shares_now() {
    JobLedger ledger;
    ledger.catch_up(world.cluster);
    return queue_shares(world.cluster, ledger, std::nullopt);
  }
  World world;
  NodeId node = world.node("n1", {{"cpu", 12'000}, {"memory", 24 * kGi}});
  Configured plugin{proportion()};
  std::string why;
};

TEST_F(ProportionTest, DeservesByWeightWhatTasksHoldReserveOrWaitFor) {
  const QueueId q1 = weighed("q1", 1);
  const QueueId q2 = weighed("q2", 3);
  const JobId j1 = job(q1, "j1");
  const JobId j2 = job(q2, "j2");
  world.running(j1, "j1-0", {{"cpu", 9000}}, node);
  world.task(j2, "j2-0", {{"cpu", 4000}});
  world.cluster.move(world.task(j2, "j2-1", {{"cpu", 3000}}), TaskStatus::pipelined, node);
  world.task(j2, "j2-2", {{"cpu", 3000}});
  const auto shares = shares_now();
  EXPECT_EQ(3000, shares.at(q1).deserved[kCpu]);
  EXPECT_EQ(9000, shares.at(q2).deserved[kCpu]);  // of the 10 it asks for
}

TEST_F(ProportionTest, LimitsAQueueToItsCapabilityAndWhatOthersAreNotGuaranteed) {
  Queue guaranteed;
  guaranteed.guarantee = world.resources({{"cpu", 4000}});
  const QueueId owner = world.queue("owner", guaranteed);
  const QueueId capped = limited("capped", {{"cpu", 0}, {"memory", 5 * kGi}});
  job(owner, "j1");
  job(capped, "j2");
  const auto shares = shares_now();
  EXPECT_EQ(12'000, shares.at(owner).limit[kCpu]);
  EXPECT_EQ(8000, shares.at(capped).limit[kCpu]);  // a capability of no cpu is not meant
  EXPECT_EQ(5 * kGi, shares.at(capped).limit[kMemory]);
  EXPECT_EQ(4000, shares.at(owner).deserved[kCpu]);  // although it asks for nothing
}

TEST_F(ProportionTest, PutsThePriorityAndThenTheSmallerPartFirst) {
  const QueueId busy = weighed("busy", 1);
  const QueueId idle = weighed("idle", 1);
  Queue important;
  important.priority = 1;
  const QueueId first = world.queue("first", important);
  for (const QueueId queue : {busy, idle, first}) {
    world.task(job(queue, "wants-" + world.cluster.queues()[queue].name), "wants-" + world.cluster.queues()[queue].name,
               {{"cpu", 12'000}});
  }
  world.running(job(busy, "busy"), "busy-0", {{"cpu", 1000}}, node);
  world.running(job(first, "runs"), "runs-0", {{"cpu", 3000}}, node);
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.queue_order(idle, busy) < 0);
  EXPECT_TRUE(session.queue_order(first, idle) < 0);
  EXPECT_TRUE(session.queue_order(first, first) == 0);
}

TEST_F(ProportionTest, CallsAQueueOverusedWhenItHasAllItDeservesOfEveryKind) {
  const QueueId q1 = weighed("q1", 1);
  const QueueId q2 = weighed("q2", 1);
  world.task(job(q2, "j2"), "j2-0", {{"cpu", 12'000}});
  const JobId j1 = job(q1, "j1");
  world.running(j1, "j1-0", {{"cpu", 6000}}, node);
  const TaskId more = world.task(j1, "j1-1", {{"memory", kGi}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.overused(q1));  // its memory is not there yet
  Transaction tx = session.begin();
  ASSERT_TRUE(tx.allocate(more, node));
  EXPECT_TRUE(session.overused(q1));
}

TEST_F(ProportionTest, AllocatesOnlyWithinWhatIsDeservedOfTheKindsAskedFor) {
  const QueueId q1 = weighed("q1", 1);
  const QueueId q2 = weighed("q2", 1);
  world.task(job(q2, "j2"), "j2-0", {{"cpu", 12'000}, {"memory", 24 * kGi}});
  const JobId j1 = job(q1, "j1");
  world.running(j1, "j1-0", {{"cpu", 1000}, {"memory", 14 * kGi}}, node);  // deserves 12Gi
  const TaskId only_cpu = world.task(j1, "j1-1", {{"cpu", 5000}});
  const TaskId memory_too = world.task(j1, "j1-2", {{"cpu", 1000}, {"memory", 1}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.allocatable(q1, only_cpu, why));
  EXPECT_FALSE(session.allocatable(q1, memory_too, why));
  EXPECT_EQ("queue resource quota insufficient: insufficient memory", why);
  EXPECT_TRUE(session.preemptive(q1, std::vector{only_cpu}));
  EXPECT_FALSE(session.preemptive(q1, std::vector{only_cpu, memory_too}));
}

TEST_F(ProportionTest, GivesNothingToAQueueThatIsNotOpen) {
  Queue row;
  row.state = QueueState::closing;
  const QueueId closing = world.queue("closing", row);
  const JobId waits = job(closing, "waits", {{"cpu", 1}});
  const TaskId task = world.task(waits, "waits-0", {{"cpu", 1}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.allocatable(closing, task, why));
  EXPECT_EQ("queue closing is not open", why);
  EXPECT_FALSE(session.preemptive(closing, std::vector{task}));
  EXPECT_FALSE(session.job_enqueueable(waits, why));
}

TEST_F(ProportionTest, ReclaimsFromAQueueUntilItHoldsNoMoreThanItDeserves) {
  const QueueId rich = weighed("rich", 1);
  const QueueId poor = weighed("poor", 1);
  const JobId fat = job(rich, "fat");
  std::vector<TaskId> candidates;
  for (int i = 0; i < 4; ++i) {
    candidates.push_back(world.running(fat, "fat-" + std::to_string(i), {{"cpu", 2500}}, node));
  }
  const TaskId evictor = world.task(job(poor, "thin"), "thin-0", {{"cpu", 9000}});
  Session session(world.cluster, plugin.configuration, {});
  // Deserved 6000: 10000 and 7500 exceed it, 5000 does not.
  EXPECT_EQ((std::vector{candidates[0], candidates[1]}), session.reclaimable(evictor, candidates));
}

TEST_F(ProportionTest, LetsJobsInWithinTheLimitOfTheQueue) {
  const QueueId queue = limited("q", {{"cpu", 4000}});
  const JobId runs = job(queue, "runs", {{"cpu", 1000}});
  world.running(runs, "runs-0", {{"cpu", 1000}}, node);
  world.running(runs, "runs-1", {{"cpu", 2000}}, node);  // beyond its minimum: elastic
  const JobId fits = job(queue, "fits", {{"cpu", 3000}});
  const JobId big = job(queue, "big", {{"cpu", 3001}});
  const JobId next = job(queue, "next", {{"cpu", 1}});
  const JobId free = job(queue, "free");
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.job_enqueueable(big, why));
  EXPECT_EQ("queue resource quota insufficient: insufficient cpu", why);
  EXPECT_TRUE(session.job_enqueueable(fits, why));
  EXPECT_TRUE(session.job_enqueueable(fits, why)) << "asking claims nothing";
  session.enqueue(fits);
  EXPECT_FALSE(session.job_enqueueable(next, why));
  EXPECT_TRUE(session.job_enqueueable(free, why));
}

TEST_F(ProportionTest, CountsTheBindingTasksOfAnInqueueJobOnce) {
  const QueueId queue = limited("q", {{"cpu", 4000}});
  Job row;
  row.min_resources = world.resources({{"cpu", 3000}});
  row.observed.phase = JobPhase::inqueue;
  const JobId inqueue = world.job("inqueue", queue, 3, row);
  for (int i = 0; i < 3; ++i) {
    world.cluster.move(world.task(inqueue, "inqueue-" + std::to_string(i), {{"cpu", 1000}}), TaskStatus::binding, node);
  }
  const JobId late = job(queue, "late", {{"cpu", 1000}});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_enqueueable(late, why));
}

}  // namespace
}  // namespace basalt
