#include "plugins/drf/drf.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class DrfTest : public testing::Test {
 protected:
  std::vector<TaskId> pods(JobId job, const std::string& name, const std::vector<std::int64_t>& cpus) {
    std::vector<TaskId> made;
    for (const std::int64_t cpu : cpus) {
      made.push_back(world.running(job, name + "-" + std::to_string(made.size()), {{"cpu", cpu}}, node));
    }
    return made;
  }
  World world;
  QueueId queue = world.queue("default");
  NodeId node = world.node("n1", {{"cpu", 10'000}, {"memory", 100 * kGi}, {"pods", 1000}});
  JobId evicting = world.job("evicting", queue, 1);
  JobId other = world.job("other", queue, 1);
  Configured plugin{drf()};
};

TEST_F(DrfTest, PutsTheJobWithTheSmallerDominantShareFirst) {
  pods(evicting, "evicting", {3000});                                           // 3/10 of the cpu
  world.running(other, "other-0", {{"cpu", 100}, {"memory", 29 * kGi}}, node);  // 29/100 of the memory
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_order(other, evicting) < 0);
  EXPECT_TRUE(session.job_order(evicting, other) > 0);
}

TEST_F(DrfTest, CountsReservationsAndFollowsWhatTheSessionDoes) {
  const TaskId waits = world.task(other, "other-0", {{"cpu", 2000}});
  pods(evicting, "evicting", {1000});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_TRUE(session.job_order(other, evicting) < 0);
  Transaction tx = session.begin();
  tx.pipeline(waits, node);
  EXPECT_TRUE(session.job_order(other, evicting) > 0);
}

TEST_F(DrfTest, EvictsUntilTheOtherJobWouldHaveLessThanTheEvictors) {
  // The evictor's job has 2 of 10 and asks for 1: 3/10. The other has 5: 4/10, 3/10, then 2/10.
  pods(evicting, "evicting", {2000});
  const TaskId evictor = world.task(evicting, "evicting-9", {{"cpu", 1000}});
  const std::vector<TaskId> candidates = pods(other, "other", {1000, 1000, 1000, 1000, 1000});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_EQ((std::vector{candidates[0], candidates[1]}), session.preemptable(evictor, candidates));
}

TEST_F(DrfTest, DoesNotCountARefusedCandidateAsGone) {
  // 3/10 for the evictor. Without the pod of 3 the other would have 2/10: it stays, and the pods of 1 are judged by
  // 5/10.
  pods(evicting, "evicting", {2000});
  const TaskId evictor = world.task(evicting, "evicting-9", {{"cpu", 1000}});
  const std::vector<TaskId> candidates = pods(other, "other", {3000, 1000, 1000});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_EQ((std::vector{candidates[1], candidates[2]}), session.preemptable(evictor, candidates));
}

TEST_F(DrfTest, JudgesEachJobOnItsOwn) {
  const JobId third = world.job("third", queue, 1);
  const TaskId evictor = world.task(evicting, "evicting-0", {{"cpu", 2000}});
  const std::vector<TaskId> rich = pods(other, "other", {3000, 1000});
  const std::vector<TaskId> poor = pods(third, "third", {1000, 1000});
  Session session(world.cluster, plugin.configuration, {});
  EXPECT_EQ(std::vector{rich[1]}, session.preemptable(evictor, std::vector{poor[0], rich[1], poor[1]}));
}

}  // namespace
}  // namespace basalt
