#include <gtest/gtest.h>

#include "actions/builtin.hpp"
#include "unit/plugins/world.hpp"

// Which tasks are evicted first, and whom plugins name.
namespace basalt {
namespace {

/// Prefers jobs by priority, and victims of the queue whose name comes last in the alphabet.
class Preferences final : public JobOrder, public VictimQueueOrder {
 public:
  using Args = NoArguments;
  Preferences(const Args&, const Session& session) : cluster_(session.cluster()) {}
  std::weak_ordering job_order(JobId left, JobId right) const override {
    return cluster_.jobs()[right].priority <=> cluster_.jobs()[left].priority;
  }
  std::weak_ordering victim_queue_order(QueueId left, QueueId right, QueueId) const override {
    return cluster_.queues()[right].name <=> cluster_.queues()[left].name;
  }

 private:
  const Cluster& cluster_;
};

/// Names the first task it is asked about, and one that it is not asked about.
class NamesTheFirst final : public VictimTasks {
 public:
  using Args = NoArguments;
  NamesTheFirst(const Args&, const Session& session) : cluster_(session.cluster()) {}
  std::vector<TaskId> victim_tasks(std::span<const TaskId> running) const override {
    std::vector<TaskId> named(running.begin(), running.begin() + 1);
    cluster_.tasks().for_each([&](TaskId id, const Task&) {
      if (cluster_.status(id) == TaskStatus::pending) named.push_back(id);
    });
    return named;
  }

 private:
  const Cluster& cluster_;
};

class VictimOrder : public testing::Test {
 protected:
  Job with_priority(std::int32_t priority) {
    Job row;
    row.priority = priority;
    return row;
  }
  bool goes_before(const Configured& configured, QueueId evictor, TaskId left, TaskId right) {
    Session session(world.cluster, configured.configuration, {});
    EXPECT_EQ(session.victim_order(evictor, left, right), 0 <=> session.victim_order(evictor, right, left));
    return session.victim_order(evictor, left, right) < 0;
  }

  World world;
  QueueId a = world.queue("a"), b = world.queue("b"), c = world.queue("c");
  NodeId node = world.node("n1", {{"cpu", 8000}});
  Configured preferring{plugin_type<Preferences>("preferring")};
};

TEST_F(VictimOrder, OfOneJobTheTaskThatWouldBePlacedLastGoesFirst) {
  const JobId job = world.job("train", a, 1);
  const TaskId first = world.running(job, "train-worker-1", {{"cpu", 1000}}, node);
  const TaskId second = world.running(job, "train-worker-2", {{"cpu", 1000}}, node);
  EXPECT_TRUE(goes_before(preferring, a, second, first));
}

TEST_F(VictimOrder, OfOneQueueTheTaskOfTheJobThatPluginsWouldServeLastGoesFirst) {
  const JobId high = world.job("high", a, 1, with_priority(10));
  const JobId low = world.job("low", a, 1, with_priority(1));
  const TaskId of_high = world.running(high, "high-worker-9", {{"cpu", 1000}}, node);
  const TaskId of_low = world.running(low, "low-worker-0", {{"cpu", 1000}}, node);
  EXPECT_TRUE(goes_before(preferring, a, of_low, of_high));
}

TEST_F(VictimOrder, OfJobsWithoutAPreferenceTheTaskDecidesAndNotTheAgeOfTheJob) {
  const JobId older = world.job("older", a, 1);
  const JobId younger = world.job("younger", a, 1);
  const TaskId of_older = world.running(older, "older-worker-5", {{"cpu", 1000}}, node);
  const TaskId of_younger = world.running(younger, "younger-worker-1", {{"cpu", 1000}}, node);
  EXPECT_TRUE(goes_before(preferring, a, of_older, of_younger));
}

TEST_F(VictimOrder, BetweenQueuesPluginsDecideElseTheQueueThatWouldBeServedLast) {
  const TaskId of_b = world.running(world.job("b", b, 1), "b-0", {{"cpu", 1000}}, node);
  const TaskId of_c = world.running(world.job("c", c, 1), "c-0", {{"cpu", 1000}}, node);
  EXPECT_TRUE(goes_before(preferring, a, of_c, of_b));
  const Configured indifferent{plugin_type<NamesTheFirst>("indifferent")};
  EXPECT_TRUE(goes_before(indifferent, a, of_c, of_b)) << "c was created after b";
}

TEST_F(VictimOrder, ShuffleEvictsWhomPluginsNameAmongThoseThatRun) {
  const JobId job = world.job("train", a, 1);
  const TaskId first = world.running(job, "train-worker-1", {{"cpu", 1000}}, node);
  world.running(job, "train-worker-2", {{"cpu", 1000}}, node);
  world.task(job, "train-worker-3", {{"cpu", 1000}});
  const Configured naming{plugin_type<NamesTheFirst>("naming")};
  Session session(world.cluster, naming.configuration, {});
  Findings findings;
  shuffle_action().configure({}, findings)->run(session);
  Decisions evicted;
  for (const Decision& decision : std::move(session).close()) {
    if (std::holds_alternative<Evict>(decision)) evicted.push_back(decision);
  }
  EXPECT_EQ((Decisions{Evict{first, "shuffle"}}), evicted);
}

}  // namespace
}  // namespace basalt
