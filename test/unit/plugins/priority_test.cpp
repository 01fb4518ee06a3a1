#include "plugins/priority/priority.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class PriorityTest : public testing::Test {
 protected:
  JobId job(const std::string& name, std::int32_t priority) {
    Job row;
    row.priority = priority;
    return world.job(name, queue, 1, row);
  }
  TaskId task(JobId of, const std::string& name, std::int32_t priority) {
    Task row;
    row.priority = priority;
    return world.task(of, name, {{"cpu", 1000}}, {}, row);
  }
  World world;
  QueueId queue = world.queue("default");
  NodeId node = world.node("n1", {{"cpu", 9000}});
  JobId low = job("low", 1);
  JobId high = job("high", 10);
  Configured plugin{priority()};
};

TEST_F(PriorityTest, PutsJobsAndTasksOfHigherPriorityFirst) {
  const TaskId first = task(low, "low-0", 5);
  const TaskId second = task(low, "low-1", 7);
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_order(high, low) < 0);
  EXPECT_TRUE(session.job_order(low, high) > 0);
  EXPECT_TRUE(session.task_order(second, first) < 0);
}

TEST_F(PriorityTest, StarvesAJobAsLongAsAnyTaskHasNoPlace) {
  const TaskId placed = task(high, "high-0", 1);
  const TaskId waits = task(high, "high-1", 1);
  world.cluster.move(placed, TaskStatus::running, node);
  {
    Session session(world.cluster, plugin.configuration, {});
    EXPECT_TRUE(session.job_starving(high));
  }
  world.cluster.move(waits, TaskStatus::pipelined, node);
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_FALSE(session.job_starving(high));
}

TEST_F(PriorityTest, EvictsTasksOfLowerJobsAndLowerTasksOfTheSameJob) {
  const JobId peer = job("peer", 10);
  const TaskId of_low = task(low, "low-0", 100);
  const TaskId of_peer = task(peer, "peer-0", 0);
  const TaskId lower = task(high, "high-1", 4);
  const TaskId equal = task(high, "high-2", 5);
  const TaskId evictor = task(high, "high-0", 5);
  const TaskId foreign = task(JobId{}, "foreign", 0);
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_EQ((std::vector{lower, of_low}),
            session.preemptable(evictor, std::vector{equal, lower, of_peer, foreign, of_low}));
  EXPECT_TRUE(session.preemptable(foreign, std::vector{of_low}).empty());
}

TEST_F(PriorityTest, ForAWholeJobLowerJobsOfTheQueueGoAndNobodyIsNamedInOthers) {
  const JobId peer = job("peer", 10);
  const TaskId of_low = task(low, "low-0", 100);
  const TaskId of_peer = task(peer, "peer-0", 0);
  Session session(world.cluster, plugin.configuration, {});
  const std::vector<TaskId> candidates = {of_peer, of_low};
  using Kind = EvictionContext::Kind;
  EXPECT_EQ(std::vector{of_low}, session.unified_evictable({Kind::preempt, high, std::nullopt}, candidates));
  EXPECT_TRUE(session.unified_evictable({Kind::reclaim, high, std::nullopt}, candidates).empty());
}

}  // namespace
}  // namespace basalt
