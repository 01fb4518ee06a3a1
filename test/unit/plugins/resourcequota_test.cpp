#include "plugins/resourcequota/resourcequota.hpp"

#include <gtest/gtest.h>

#include "plugins/resourcequota/quota_claims.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class ResourcequotaTest : public testing::Test {
 protected:
  JobId job(const std::string& name, const NamedAmounts& minimum, Job row = {}, JobPhase phase = JobPhase::pending,
            std::int32_t min_member = 1) {
    row.min_resources = world.resources(minimum);
    row.observed.phase = phase;
    return world.job(name, queue, min_member, row);
  }
  std::int64_t under(std::string_view key, JobId asked) {
    return amount_under(key, quota_demand(world.cluster, asked), world.cluster.schema());
  }
  World world;
  QueueId queue = world.queue("default");
  NodeId node = world.node("n1", {{"cpu", 64'000}});
};

TEST_F(ResourcequotaTest, WhatAJobLacksIsItsMinimumLessThePodsThatAreThere) {
  const JobId train = job("train", {{"cpu", 6000}, {"memory", 3 * kGi}}, {}, JobPhase::pending, 3);
  EXPECT_EQ(6000, under("cpu", train));
  EXPECT_EQ(3, under("pods", train));
  world.task(train, "train-0", {{"cpu", 2000}, {"memory", 2 * kGi}});
  world.running(train, "train-1", {{"cpu", 1000}}, node);
  EXPECT_EQ(3000, under("requests.cpu", train));
  EXPECT_EQ(kGi, under("memory", train));
  EXPECT_EQ(1, under("count/pods", train));
  EXPECT_EQ(0, under("requests.nvidia.com/gpu", train));
}

TEST_F(ResourcequotaTest, PodsThatAreOverAreNotThere) {
  const JobId train = job("train", {{"cpu", 2000}});
  world.cluster.move(world.task(train, "train-0", {{"cpu", 2000}}), TaskStatus::succeeded, NodeId{});
  EXPECT_EQ(2000, under("cpu", train));
}

TEST_F(ResourcequotaTest, TheLargerOfTwoNamesOfAKindCounts) {
  Job row;
  row.quota_minimum = {{"count/pods", 4}, {"limits.cpu", 9000}, {"requests.cpu", 3000}};
  const JobId train = job("train", {{"cpu", 2000}}, row);
  EXPECT_EQ(3000, under("cpu", train));
  EXPECT_EQ(4, under("pods", train));
  EXPECT_EQ(9000, under("limits.cpu", train));
  world.task(train, "train-0", {{"cpu", 1000}});
  EXPECT_EQ(0, under("limits.cpu", train));  // not known any more
}

TEST_F(ResourcequotaTest, ClaimsEndWithTheJobAndWithTheMinimumOfARunningOne) {
  const ResourceQuotaObject quota = [] {
    ResourceQuotaObject made;
    made.meta.namespace_name = "default";
    made.lines = {{"cpu", 10'000, 0}, {"pods", 10, 0}};
    return made;
  }();
  QuotaClaims claims;
  const auto claimed = [&] {
    claims.catch_up(world.cluster);
    return claims.claims_on(quota, world.cluster);
  };
  using Amounts = std::vector<std::int64_t>;
  EXPECT_EQ((Amounts{0, 0}), claimed());
  const JobId waiting = job("waiting", {{"cpu", 7000}}, {}, JobPhase::inqueue, 2);
  const JobId spark = job("spark", {{"cpu", 6000}}, {}, JobPhase::running);
  EXPECT_EQ((Amounts{7000, 2}), claimed());  // no driver: nothing is kept for executors
  const TaskId driver = world.running(spark, "spark-driver", {{"cpu", 1000}}, node);
  EXPECT_EQ((Amounts{12'000, 2}), claimed());
  world.cluster.move(driver, TaskStatus::succeeded, NodeId{});
  EXPECT_EQ((Amounts{7000, 2}), claimed());
  world.cluster.erase_job(waiting);
  EXPECT_EQ((Amounts{0, 0}), claimed());
}

TEST_F(ResourcequotaTest, AJobThatWasLetInCountsForTheNextInTheSameSession) {
  ResourceQuotaObject quota;
  quota.meta.namespace_name = "default";
  quota.meta.name = "compute";
  quota.lines = {{"cpu", 10'000, 1000}};
  world.cluster.set_quotas("default", {quota});
  const JobId first = job("first", {{"cpu", 6000}});
  const JobId second = job("second", {{"cpu", 4000}});
  const JobId third = job("third", {{"cpu", 3000}});
  Configured plugin{resourcequota()};
  Session session(world.cluster, plugin.configuration, {});
  std::string why;
  EXPECT_TRUE(session.job_enqueueable(first, why));
  EXPECT_TRUE(session.job_enqueueable(second, why));  // asking claims nothing
  session.enqueue(first);
  EXPECT_FALSE(session.job_enqueueable(second, why));
  EXPECT_EQ(
      "resource quota insufficient, requested: cpu=4, used: cpu=1, promised to jobs let in: cpu=6, limited: cpu=10 "
      "(ResourceQuota compute)",
      why);
  EXPECT_TRUE(session.job_enqueueable(third, why));
}

TEST_F(ResourcequotaTest, ScopesSelectByPriorityClassAndByTheMinimum) {
  Job high;
  high.priority_class = "high";
  high.min_resources = world.resources({{"cpu", 1000}});
  Job none;
  const auto counts = [](const Job& asked, const std::string& name, const std::string& op,
                         std::vector<std::string> values = {}) {
    ResourceQuotaObject quota;
    quota.scopes = {{name, op, std::move(values)}};
    return counts_pods_of(quota, asked);
  };
  EXPECT_TRUE(counts(high, "PriorityClass", "In", {"high"}));
  EXPECT_FALSE(counts(none, "PriorityClass", "In", {"high"}));
  EXPECT_FALSE(counts(high, "PriorityClass", "NotIn", {"high"}));
  EXPECT_TRUE(counts(high, "PriorityClass", "Exists"));
  EXPECT_FALSE(counts(none, "PriorityClass", "Exists"));
  EXPECT_TRUE(counts(none, "PriorityClass", "DoesNotExist"));
  EXPECT_TRUE(counts(high, "NotBestEffort", "Exists"));
  EXPECT_TRUE(counts(none, "BestEffort", "Exists"));
  EXPECT_FALSE(counts(high, "NotTerminating", "Exists"));
}

}  // namespace
}  // namespace basalt
