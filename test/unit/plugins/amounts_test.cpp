#include <gtest/gtest.h>

#include <limits>

#include "plugins/amounts/minimum.hpp"
#include "plugins/amounts/share.hpp"
#include "plugins/amounts/shortage.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

TEST(Share, ComparesFractionsOfDifferentWholesExactly) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ((Share{1, 3}), (Share{1000, 3000}));
  EXPECT_LT((Share{333'333'333'333, 1'000'000'000'000}), (Share{1, 3}));
  EXPECT_GT((Share{kHuge, kHuge - 1}), (Share{kHuge - 1, kHuge - 1}));
}

TEST(Share, IsTheLargestOverTheKindsThatTheWholeHas) {
  World world;
  const Resources whole = world.resources({{"cpu", 10'000}, {"memory", 100}});
  EXPECT_EQ((Share{1, 2}), dominant_share(world.resources({{"cpu", 1000}, {"memory", 50}}), whole));
  EXPECT_EQ((Share{0, 1}), dominant_share(world.resources({{"nvidia.com/gpu", 8000}}), whole));
  EXPECT_EQ((Share{0, 1}), dominant_share(world.resources({{"cpu", 1}}), Resources{}));
}

TEST(ExceededKinds, AreThoseAskedForWithCpuAndMemoryFirstAndTheOthersByName) {
  World world;
  const Resources limit = world.resources({{"cpu", 5}});
  const Resources amount =
      world.resources({{"z.io/late", 1}, {"a.io/early", 1}, {"memory", 1}, {"cpu", 9}, {"pods", 9}});
  Resources asked = amount;
  EXPECT_EQ(
      "overused cpu, overused memory, overused a.io/early, overused z.io/late",
      list_kinds("overused", exceeded_kinds(amount, limit, asked, world.cluster.schema()), world.cluster.schema()));
  asked.set(kCpu, 0);
  EXPECT_EQ(
      "overused memory, overused a.io/early, overused z.io/late",
      list_kinds("overused", exceeded_kinds(amount, limit, asked, world.cluster.schema()), world.cluster.schema()));
}

/// A Spark job: the group's minimum is 6 cpu for a driver and five executors, minMember is 1.
class SparkClaim : public testing::Test {
 protected:
  JobId group(JobPhase phase) {
    Job row;
    row.min_resources = world.resources({{"cpu", 6000}, {"memory", 24 * kGi}});
    row.observed.phase = phase;
    return world.job("spark", world.queue("default"), 1, row);
  }
  void place(JobId job, int executors) {
    for (int i = 0; i <= executors; ++i) {
      world.running(job, "spark-" + std::to_string(i), {{"cpu", 1000}, {"memory", 4 * kGi}}, node);
    }
  }
  Resources claim(std::int64_t cpu, std::int64_t memory) {
    return world.resources({{"cpu", cpu}, {"memory", memory * kGi}});
  }
  World world;
  NodeId node = world.node("n1", {{"cpu", 100'000}, {"memory", 400 * kGi}});
};

TEST_F(SparkClaim, IsTheWholeMinimumWhileNothingIsPlaced) {
  EXPECT_EQ(claim(6000, 24), standing_claim(world.cluster, group(JobPhase::inqueue)));
}

TEST_F(SparkClaim, KeepsRoomForExecutorsOnceTheDriverRuns) {
  const JobId job = group(JobPhase::running);
  place(job, 0);
  EXPECT_EQ(claim(5000, 20), standing_claim(world.cluster, job));
}

TEST_F(SparkClaim, ShrinksWithEveryExecutor) {
  const JobId job = group(JobPhase::running);
  place(job, 3);
  EXPECT_EQ(claim(2000, 8), standing_claim(world.cluster, job));
}

TEST_F(SparkClaim, IsGivenBackWhenTheDriverHasFinished) {
  EXPECT_EQ(Resources{}, standing_claim(world.cluster, group(JobPhase::running)));
}

TEST_F(SparkClaim, IsNothingBeforeTheJobIsLetIn) {
  EXPECT_EQ(Resources{}, standing_claim(world.cluster, group(JobPhase::pending)));
}

TEST_F(SparkClaim, DoesNotCountPodsBehindSchedulingGates) {
  const JobId job = group(JobPhase::inqueue);
  Spec gated;
  gated.gated = true;
  world.task(job, "spark-0", {{"cpu", 1000}, {"memory", 30 * kGi}}, gated);
  EXPECT_EQ(claim(5000, 0), standing_claim(world.cluster, job));
}

}  // namespace
}  // namespace basalt
