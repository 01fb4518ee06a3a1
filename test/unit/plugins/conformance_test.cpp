#include "plugins/conformance/conformance.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

TEST(Conformance, KeepsCriticalPodsFromBothKindsOfEviction) {
  World world;
  const QueueId queue = world.queue("default");
  const NodeId node = world.node("n1", {{"cpu", 9000}});
  const JobId job = world.job("victims", queue, 0);
  const TaskId ordinary = world.running(job, "ordinary", {{"cpu", 1000}}, node);
  Task row;
  row.critical = true;
  const TaskId critical = world.task(job, "critical", {{"cpu", 1000}}, {}, row);
  world.cluster.move(critical, TaskStatus::running, node);
  const TaskId evictor = world.task(world.job("evictor", queue, 1), "evictor-0", {{"cpu", 1000}});

  Configured plugin(conformance());
  Session session(world.cluster, plugin.configuration, {});
  const std::vector<TaskId> candidates = {critical, ordinary};
  EXPECT_EQ(std::vector{ordinary}, session.preemptable(evictor, candidates));
  EXPECT_EQ(std::vector{ordinary}, session.reclaimable(evictor, candidates));
  EXPECT_TRUE(session.preemptable(evictor, std::vector{critical}).empty());
  EXPECT_EQ(std::vector{ordinary},
            session.unified_evictable({EvictionContext::Kind::reclaim, job, std::nullopt}, candidates));
}

}  // namespace
}  // namespace basalt
