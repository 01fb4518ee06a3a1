#include <gtest/gtest.h>

#include "conformance/interview.hpp"

// Worked examples of Volcano v1.15 of which no decision shows the numbers. README.md lists them, with those that come
// out otherwise here.
namespace basalt::testing {
namespace {

/// What proportion calls deserved, in the units of the tables.
std::int64_t deserved(Interview& asked, std::string_view queue, Dimension kind) {
  for (const QueueBound& bound : asked.session().queue_bounds(asked.queue(queue))) {
    if (bound.name == "deserved") return bound.limits[kind].value();
  }
  return -1;
}

TEST(WaterFillingExample, WhatAQueueLeavesIsSharedByTheOthersByWeight) {
  Interview asked(R"(
    plugins proportion
    queue q1 weight=1
    queue q2 weight=3
    queue q3 weight=2
    node n1 cpu=12
    job  a queue=q1
    job  b queue=q2
    job  c queue=q3
    task a-0 cpu=10
    task b-0 cpu=4
    task c-0 cpu=12)");
  // First 2, 4 (all it asks for) and 4; the 2 that are left go 1:2, which is 2666.67 and 5333.33: whole milli here.
  EXPECT_EQ(2666, deserved(asked, "q1", kCpu));
  EXPECT_EQ(4000, deserved(asked, "q2", kCpu));
  EXPECT_EQ(5333, deserved(asked, "q3", kCpu));
}

TEST(WaterFillingExample, EachKindOfResourceIsSharedOnItsOwn) {
  Interview asked(R"(
    plugins proportion
    queue q1
    queue q2
    node n1 cpu=12 memory=24Gi
    job  a queue=q1
    job  b queue=q2
    task a-0 cpu=10 memory=4Gi
    task b-0 cpu=2 memory=22Gi)");
  constexpr std::int64_t kGi = std::int64_t{1} << 30;
  EXPECT_EQ(10'000, deserved(asked, "q1", kCpu));
  EXPECT_EQ(4 * kGi, deserved(asked, "q1", kMemory));
  EXPECT_EQ(2000, deserved(asked, "q2", kCpu));
  EXPECT_EQ(20 * kGi, deserved(asked, "q2", kMemory));
}

constexpr std::string_view kGuaranteed = R"(
    plugins proportion
    queue q1
    queue q2 guarantee.cpu=4
    node n1 cpu=10
    job  a queue=q1
    job  b queue=q2
    task a-0 cpu=10
    task b-0 cpu=1
    job  six queue=q1 min-resources.cpu=6
    job  seven queue=q1 min-resources.cpu=7
    task six-0
    task seven-0)";

TEST(WaterFillingExample, AGuaranteeLiftsAQueueAndLimitsTheOthers) {
  Interview asked(kGuaranteed);
  EXPECT_EQ(6000, deserved(asked, "q1", kCpu));
  EXPECT_EQ(4000, deserved(asked, "q2", kCpu));
  // What q1 may ever have is 10 - 4.
  std::string why;
  EXPECT_TRUE(asked.session().job_enqueueable(asked.job("six"), why));
  EXPECT_FALSE(asked.session().job_enqueueable(asked.job("seven"), why));
  EXPECT_EQ("queue resource quota insufficient: insufficient cpu", why);
}

TEST(WaterFillingExample, WhatACapabilityCutsOffGoesToTheOther) {
  Interview asked(R"(
    plugins proportion
    queue q1 capability.cpu=3
    queue q2
    node n1 cpu=10
    job  a queue=q1
    job  b queue=q2
    task a-0 cpu=10
    task b-0 cpu=20)");
  EXPECT_EQ(3000, deserved(asked, "q1", kCpu));
  EXPECT_EQ(7000, deserved(asked, "q2", kCpu));
}

/// n1 holds a pod of 1 cpu, 1Gi; n3 is short of cpu.
std::string binpack_table(std::string_view arguments) {
  return "plugin binpack " + std::string(arguments) + R"(
    node n1 cpu=2 memory=4Gi
    node n2 cpu=4 memory=16Gi nvidia.com/gpu=4
    node n3 cpu=2 memory=4Gi
    pod  there scheduler=other cpu=1 memory=1Gi on=n1 status=running
    pod  there-too scheduler=other cpu=1500m on=n3 status=running
    pod  small cpu=1 memory=1Gi
    pod  only-cpu cpu=1500m
    pod  with-gpu cpu=2 memory=10Gi nvidia.com/gpu=2
    pod  with-foo cpu=3 memory=4Gi example.com/foo=3)";
}

TEST(BinpackExample, WeightsOfEveryListedKindCount) {
  Interview asked(
      binpack_table("binpack.weight=10 binpack.cpu=2 binpack.memory=3 binpack.resources=nvidia.com/gpu,example.com/foo "
                    "binpack.resources.nvidia.com/gpu=7 binpack.resources.example.com/foo=8"));
  EXPECT_EQ((std::vector<double>{700, 137.5, 0}), asked.points("small", {"n1", "n2", "n3"}));
  EXPECT_EQ(375, asked.points("only-cpu", {"n2"})[0]);
  EXPECT_EQ(531.25, asked.points("with-gpu", {"n2"})[0]);
  EXPECT_EQ(173.077, asked.points("with-foo", {"n2"})[0]);  // n2 has no foo, the weight 8 counts all the same
}

TEST(BinpackExample, KindsThatAreNotConfiguredHaveWeightOne) {
  Interview asked(binpack_table("binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=23"));
  EXPECT_EQ((std::vector<double>{75, 15.625, 0}), asked.points("small", {"n1", "n2", "n3"}));
  EXPECT_EQ(50.5, asked.points("with-gpu", {"n2"})[0]);
  EXPECT_EQ(50, asked.points("with-foo", {"n2"})[0]);
}

/// s0 of tier 3 holds s1 and s2, which hold s3, s4 and s5, s6 of tier 1, two nodes each; above all is the virtual
/// HyperNode of tier 4.
const std::string kTree = R"(
    node n3a cpu=2 memory=4Gi
    node n3b cpu=2 memory=4Gi
    node n4a cpu=4 memory=4Gi
    node n4b cpu=4 memory=4Gi
    node n5a cpu=2 memory=8Gi
    node n5b cpu=2 memory=8Gi
    node n6a cpu=4 memory=8Gi
    node n6b cpu=4 memory=8Gi
    hyper-node s3 tier=1 nodes=n3a,n3b
    hyper-node s4 tier=1 nodes=n4a,n4b
    hyper-node s5 tier=1 nodes=n5a,n5b
    hyper-node s6 tier=1 nodes=n6a,n6b
    hyper-node s1 tier=2 hyper-nodes=s3,s4
    hyper-node s2 tier=2 hyper-nodes=s5,s6
    hyper-node s0 tier=3 hyper-nodes=s1,s2
)";

TEST(TopologyExample, NodesScoreByTheSmallestHyperNodeAroundThemAndTheJob) {
  const std::string job = R"(
    job  train min=1 topology=hard:3
    task train-0 on=n3a status=running
    task train-1)";
  // Of each tier one node is a candidate: s3 itself, then (4 - 2) / (4 - 1) for s1 and (4 - 3) / (4 - 1) for s0.
  Interview once("plugins network-topology-aware" + kTree + job);
  EXPECT_EQ((std::vector<double>{100, 66.667, 33.333}), once.points("train-1", {"n3a", "n4a", "n5a"}));
  Interview twice("plugin network-topology-aware weight=2" + kTree + job);
  EXPECT_EQ((std::vector<double>{200, 133.333, 66.667}), twice.points("train-1", {"n3a", "n4a", "n5a"}));
}

TEST(TopologyExample, FewerTiersLeaveFewerSteps) {
  const std::string flat = R"(
    node n1 cpu=2
    node n2 cpu=2
    node n3 cpu=2
    hyper-node r1 tier=1 nodes=n1
    hyper-node r2 tier=1 nodes=n2
    hyper-node r3 tier=1 nodes=n3
    job  train min=1 topology=hard:2
    task train-0 on=n1 status=running
    task train-1
)";
  Interview two("plugins network-topology-aware" + flat + "hyper-node row tier=2 hyper-nodes=r1,r2\n");
  EXPECT_EQ((std::vector<double>{100, 50, 0}), two.points("train-1", {"n1", "n2", "n3"}));
  Interview one("plugins network-topology-aware" + flat);
  EXPECT_EQ((std::vector<double>{100, 0}), one.points("train-1", {"n1", "n2"}));
}

TEST(TopologyExample, EqualNodesAreToldApartByWhereMoreOfTheJobIs) {
  Interview asked("plugins network-topology-aware" + kTree + R"(
    job  train min=1 topology=hard:2
    task train-0 on=n3a status=running
    task train-1 on=n3b status=running
    task train-2 on=n4a status=running
    task train-3)");
  // The job is in s1: 66.7 for both racks, and a half or a quarter of 100 for its tasks there.
  EXPECT_EQ((std::vector<double>{116.667, 91.667}), asked.points("train-3", {"n3a", "n4a"}));
}

TEST(TopologyExample, TheFullestHyperNodeThatHoldsThePartIsBest) {
  Interview asked("plugins network-topology-aware" + kTree + R"(
    job  train min=2 topology=hard:3
    task train-0 cpu=4 memory=4Gi
    task train-1 cpu=4 memory=4Gi)");
  EXPECT_EQ((std::vector<double>{100, 75, 58.333, 45.833, 25, 25, 0, 0}),
            asked.hyper_node_points("train", {"s4", "s6", "s1", "s2", "s0", "<cluster-top-hypernode>", "s3", "s5"}));
}

TEST(TopologyExample, OtherPodsGoWhereTheHyperNodesAroundAreFullest) {
  Interview asked("plugins network-topology-aware" + kTree + R"(
    job  web min=1
    task web-0 cpu=2 memory=4Gi)");
  // s3: (0.5 * 1 + 0.2083 * 0.8 + 0.0833 * 0.64 + 0.0833 * 0.512) / 2.952.
  const std::vector<double> points = asked.points("web-0", {"n3a", "n4a", "n5a", "n6a"});
  const std::vector<double> wanted = {25.8, 21.6, 19.9, 15.7};
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(wanted[i], points[i], 0.05);
}

TEST(TaskTopologyExample, BucketsScoreByHowMuchOfThemIsOrFitsOnANode) {
  Interview asked(R"(
    plugins task-topology
    node a3 cpu=3
    node b3 cpu=3
    node c2 cpu=2
    node d1 cpu=1
    job  train min=6 annotation:volcano.sh/task-topology-affinity=ps,worker annotation:volcano.sh/task-topology-anti-affinity=ps
    task train-ps-0 role=ps cpu=1
    task train-ps-1 role=ps cpu=1
    task train-worker-0 role=worker cpu=1
    task train-worker-1 role=worker cpu=1
    task train-worker-2 role=worker cpu=1
    task train-worker-3 role=worker cpu=1)");
  const std::vector<std::string> nodes = {"a3", "b3", "c2", "d1"};
  // The bucket of ps-0, worker-0 and worker-2: all of it fits, two, one of three.
  EXPECT_EQ((std::vector<double>{100, 100, 66.667, 33.333}), asked.points("train-ps-0", nodes));
  Transaction tx = asked.session().begin();
  ASSERT_TRUE(tx.allocate(asked.task("train-ps-0"), asked.node("a3")));
  EXPECT_EQ((std::vector<double>{100, 66.667, 66.667, 33.333}), asked.points("train-worker-0", nodes));
  // The other bucket: two of three fit beside ps-0, which ps-1 should not meet.
  EXPECT_EQ((std::vector<double>{33.333, 100, 66.667, 33.333}), asked.points("train-ps-1", nodes));
  EXPECT_EQ((std::vector<double>{66.667, 100, 66.667, 33.333}), asked.points("train-worker-3", nodes));
}

/// Points for a pod of four cpus on nodes of which as many NUMA nodes of two cpus, or one of four, are needed.
std::vector<double> numa_points(const std::string& sizes) {
  std::string text = "plugins numa-aware\n";
  std::vector<std::string> nodes;
  for (const char size : sizes) {
    const std::string node = "n" + std::to_string(nodes.size() + 1);
    text += "node " + node + " cpu=4 memory=4Gi\nnumatopology " + node + " static policy=best-effort ";
    text += size == '1' ? "numa:0=0-3\n" : "numa:0=0-1 numa:1=2-3\n";
    nodes.push_back(node);
  }
  text += "pod a cpu=4 memory=1Gi guaranteed annotation:volcano.sh/numa-topology-policy=best-effort";
  return Interview(text).points("a", nodes);
}

TEST(NumaExample, NodesScoreByHowManyFewerNumaNodesTheyNeedThanTheWorst) {
  EXPECT_EQ((std::vector<double>{50, 0, 0}), numa_points("122"));
  EXPECT_EQ((std::vector<double>{0, 0, 0}), numa_points("111"));
}

TEST(DrfExample, VictimsGoUntilTheirJobWouldHaveLessThanTheEvictors) {
  Interview asked(R"(
    plugins drf
    node n1 cpu=10
    job  evicting min=1
    task evicting-0 cpu=2 on=n1 status=running
    task evicting-1 cpu=1
    job  rich min=1
    task rich-{0..4} cpu=1 on=n1 status=running)");
  // The evictor's job would have 0.3. Without the first the other has 0.4, without the second 0.3, then 0.2.
  EXPECT_EQ((std::vector<std::string>{"rich-0", "rich-1"}),
            asked.names(asked.session().preemptable(asked.task("evicting-1"),
                                                    asked.tasks({"rich-0", "rich-1", "rich-2", "rich-3"}))));
}

TEST(DrfExample, ACandidateThatIsRefusedStaysCounted) {
  Interview asked(R"(
    plugins drf
    node n1 cpu=10
    job  evicting min=1
    task evicting-0 cpu=2 on=n1 status=running
    task evicting-1 cpu=1
    job  rich min=1
    task rich-0 cpu=3 on=n1 status=running
    task rich-1 cpu=1 on=n1 status=running
    task rich-2 cpu=1 on=n1 status=running)");
  // Volcano counts rich-0 as gone though it is refused (0.2 is less than 0.3), and then refuses the others as well.
  EXPECT_EQ(
      (std::vector<std::string>{"rich-1", "rich-2"}),
      asked.names(asked.session().preemptable(asked.task("evicting-1"), asked.tasks({"rich-0", "rich-1", "rich-2"}))));
}

TEST(GangExample, TheFirstCandidatesBeyondTheMinimumGo) {
  Interview asked(R"(
    plugins gang
    node n1 cpu=10
    job  evicting min=1
    task evicting-0 cpu=1
    job  elastic min=3
    task elastic-{0..4} cpu=1 on=n1 status=running)");
  EXPECT_EQ((std::vector<std::string>{"elastic-3", "elastic-0"}),
            asked.names(asked.session().preemptable(
                asked.task("evicting-0"), asked.tasks({"elastic-3", "elastic-0", "elastic-1", "elastic-4"}))));
}

TEST(GangExample, TheLastTaskOfARoleIsKept) {
  Interview asked(R"(
    plugins gang
    node n1 cpu=10
    job  evicting min=1
    task evicting-0 cpu=1
    job  tf min=3 role:ps=1 role:worker=2
    task tf-ps-0 role=ps cpu=1 on=n1 status=running
    task tf-worker-{0..3} role=worker cpu=1 on=n1 status=running)");
  // Volcano looks at the minimum of three alone and accepts the only ps.
  EXPECT_EQ((std::vector<std::string>{"tf-worker-0", "tf-worker-1"}),
            asked.names(asked.session().preemptable(
                asked.task("evicting-0"), asked.tasks({"tf-ps-0", "tf-worker-0", "tf-worker-1", "tf-worker-2"}))));
}

TEST(ConformanceExample, CriticalPodsAreNoCandidates) {
  Interview asked(R"(
    plugins conformance
    node n1 cpu=10
    job  evicting min=1
    task evicting-0 cpu=1
    job  served min=1
    task served-0 cpu=1 on=n1 status=running class=system-cluster-critical
    task served-1 cpu=1 on=n1 status=running class=system-node-critical
    task served-2 cpu=1 on=n1 status=running)");
  EXPECT_EQ(std::vector<std::string>{"served-2"},
            asked.names(asked.session().preemptable(asked.task("evicting-0"),
                                                    asked.tasks({"served-0", "served-1", "served-2"}))));
}

}  // namespace
}  // namespace basalt::testing
