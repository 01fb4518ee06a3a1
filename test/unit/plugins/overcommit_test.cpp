#include "plugins/overcommit/overcommit.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class OvercommitTest : public testing::Test {
 protected:
  JobId job(const std::string& name, const NamedAmounts& minimum, JobPhase phase = JobPhase::pending) {
    Job row;
    row.min_resources = world.resources(minimum);
    row.observed.phase = phase;
    return world.job(name, queue, 1, row);
  }
  /// "" or why the job may not come in.
  std::string answer(JobId asked, const Arguments& arguments = {}) {
    Configured plugin(overcommit(), arguments);
    Session session(world.cluster, plugin.configuration, {});
    std::string why;
    return session.job_enqueueable(asked, why) ? "" : why;
  }
  World world;
  QueueId queue = world.queue("default");
  NodeId node = world.node("n1", {{"cpu", 6000}, {"memory", 10 * kGi}});
};

TEST_F(OvercommitTest, LetsInUpToTheFactorAndNotAMilliMore) {
  EXPECT_EQ("", answer(job("fits", {{"cpu", 7200}})));
  EXPECT_EQ("resource in cluster is overused: overused cpu", answer(job("big", {{"cpu", 7201}})));
}

TEST_F(OvercommitTest, NamesEveryKindThatIsOverused) {
  EXPECT_EQ("resource in cluster is overused: overused cpu, overused memory, overused example.com/none",
            answer(job("big", {{"cpu", 9000}, {"memory", 13 * kGi}, {"example.com/none", 1000}, {"pods", 9999}})));
}

TEST_F(OvercommitTest, PermitsJobsWithoutAMinimum) { EXPECT_EQ("", answer(world.job("any", queue, 100))); }

TEST_F(OvercommitTest, CountsThePlacedPartOfAnAdmittedJobOnce) {
  // 6 cpu * 1.2 = 7.2; 3 are used, 2 of them by the Inqueue job, whose minimum is met by that.
  const JobId inqueue = job("inqueue", {{"cpu", 2000}}, JobPhase::inqueue);
  world.cluster.move(world.task(inqueue, "inqueue-0", {{"cpu", 2000}}), TaskStatus::binding, node);
  world.running(JobId{}, "foreign", {{"cpu", 1000}}, node);
  EXPECT_EQ("", answer(job("new", {{"cpu", 3000}})));
  EXPECT_EQ("", answer(job("all", {{"cpu", 4200}})));
  EXPECT_NE("", answer(job("more", {{"cpu", 4201}})));
}

TEST_F(OvercommitTest, CountsWhatWasLetInAgainstTheNext) {
  const JobId first = job("first", {{"cpu", 4000}});
  const JobId second = job("second", {{"cpu", 4000}});
  Configured plugin{overcommit()};
  Session session(world.cluster, plugin.configuration, {});
  std::string why;
  EXPECT_TRUE(session.job_enqueueable(second, why));
  session.enqueue(first);
  EXPECT_FALSE(session.job_enqueueable(second, why));
}

TEST_F(OvercommitTest, TakesTheFactorAsWrittenAndNoneBelowOne) {
  EXPECT_EQ("", answer(job("a", {{"cpu", 6600}}), {{"overcommit-factor", 1.1}}));
  EXPECT_NE("", answer(job("b", {{"cpu", 6601}}), {{"overcommit-factor", 1.1}}));
  EXPECT_EQ("", answer(job("c", {{"cpu", 12'000}}), {{"overcommit-factor", 2}}));
  EXPECT_EQ("", answer(job("d", {{"cpu", 7200}}), {{"overcommit-factor", 0.8}}));
  EXPECT_EQ("note: overcommit: 'overcommit-factor' is below 1: 1.2 is used, as in Volcano\n",
            text_of(Configured(overcommit(), {{"overcommit-factor", 0.8}}).findings));
  EXPECT_EQ("wrong: overcommit: 'overcommit-factor' is above 1000000\n",
            text_of(Configured(overcommit(), {{"overcommit-factor", 1e9}}).findings));
}

}  // namespace
}  // namespace basalt
