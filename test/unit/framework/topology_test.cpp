#include "basalt/framework/topology.hpp"

#include <gtest/gtest.h>

#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

// The forest of HyperNodes, from what users declare: also from what contradicts itself.
namespace basalt {
namespace {

class TopologyTest : public ::testing::Test {
 protected:
  void apply(std::string_view text) {
    const auto deltas = parse_cluster_text(text, 0);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  const Topology& topology() { return state_.cluster().topology(); }
  HyperNodeId hyper_node(std::string_view name) {
    for (const HyperNodeId id : topology().all()) {
      if (state_.cluster().hyper_nodes()[id].name == name) return id;
    }
    ADD_FAILURE() << "no HyperNode " << name;
    return {};
  }
  NodeId node(std::string_view name) {
    for (const NodeId id : state_.cluster().nodes_in_order()) {
      if (state_.cluster().node_name(id) == name) return id;
    }
    ADD_FAILURE() << "no node " << name;
    return {};
  }
  std::string name(HyperNodeId id) { return id ? state_.cluster().hyper_nodes()[id].name : "none"; }
  std::string nodes(std::string_view of) {
    std::string names;
    for (const NodeId id : topology().nodes(hyper_node(of))) {
      names += (names.empty() ? "" : " ") + state_.cluster().node_name(id);
    }
    return names;
  }
  std::string problems() {
    std::string all;
    for (const std::string& problem : topology().problems()) all += problem + "\n";
    return all;
  }

  State state_{Ownership{}};
};

constexpr std::string_view kTree = R"(
  node n{1..6} cpu=1
  hyper-node r1 tier=1 nodes=n2,n1
  hyper-node r2 tier=1 nodes=n3,n4
  hyper-node r3 tier=1 nodes=n5
  hyper-node w1 tier=2 hyper-nodes=r1,r2)";

TEST_F(TopologyTest, DomainsHoldTheNodesOfWhatIsBelowInOrder) {
  apply(kTree);
  EXPECT_EQ("n1 n2", nodes("r1"));
  EXPECT_EQ("n1 n2 n3 n4", nodes("w1"));
  EXPECT_EQ("n1 n2 n3 n4 n5 n6", nodes(Topology::kRootName));
  EXPECT_EQ(3, topology().tier(topology().root()));
  EXPECT_EQ("w1", name(topology().parent(hyper_node("r2"))));
  EXPECT_EQ(Topology::kRootName, name(topology().parent(hyper_node("r3"))));
  EXPECT_EQ("", problems());
}

TEST_F(TopologyTest, SmallestDomainAroundNodesIsTheLowestThatHoldsAll) {
  apply(kTree);
  const auto around = [&](std::vector<NodeId> nodes) { return name(topology().smallest_around(nodes)); };
  EXPECT_EQ("r1", around({node("n1"), node("n2")}));
  EXPECT_EQ("w1", around({node("n1"), node("n4"), node("n1")}));
  EXPECT_EQ(Topology::kRootName, around({node("n1"), node("n5")}));
  EXPECT_EQ(Topology::kRootName, around({node("n6")}));
  EXPECT_EQ("none", around({}));
}

TEST_F(TopologyTest, WithoutHyperNodesThereIsOnlyTheVirtualOne) {
  apply("node n1 cpu=1");
  EXPECT_TRUE(topology().is_empty());
  EXPECT_EQ(1, topology().tier(topology().root()));
  EXPECT_EQ("n1", nodes(Topology::kRootName));
}

TEST_F(TopologyTest, MembersThatComeLaterAreFound) {
  apply("hyper-node w1 tier=2 hyper-nodes=r1\nhyper-node r1 tier=1 nodes=n1 pattern=^gpu- select:rack=one");
  EXPECT_EQ("", nodes("w1"));
  apply("node n1 cpu=1\nnode gpu-7 cpu=1\nnode n2 cpu=1 label:rack=one\nnode n3 cpu=1");
  EXPECT_EQ("gpu-7 n1 n2", nodes("w1"));
  apply("node n2 cpu=1\nnode n3 cpu=1 label:rack=one\ngone node n1");
  EXPECT_EQ("gpu-7 n3", nodes("w1"));
  apply("gone hyper-node r1");
  EXPECT_EQ("", nodes("w1"));
  apply("hyper-node r1 tier=1 nodes=n2");
  EXPECT_EQ("n2", nodes("w1"));
}

TEST_F(TopologyTest, PlaceholderOfANodeBelongsToNoDomain) {
  apply("hyper-node r1 tier=1 nodes=n1,n2\nnode n2 cpu=1\npod p cpu=1 on=n1 status=running scheduler=other");
  EXPECT_EQ("n2", nodes("r1"));
  apply("node n1 cpu=1");
  EXPECT_EQ("n1 n2", nodes("r1"));
}

TEST_F(TopologyTest, CycleIsCutWhereATierDoesNotRise) {
  apply("node n{1..2} cpu=1\nhyper-node a tier=2 hyper-nodes=b nodes=n1\nhyper-node b tier=1 hyper-nodes=a nodes=n2");
  EXPECT_EQ("n1 n2", nodes("a"));
  EXPECT_EQ("n2", nodes("b"));
  EXPECT_EQ("HyperNode \"b\" of tier 1 cannot hold HyperNode \"a\" of tier 2\n", problems());
}

TEST_F(TopologyTest, HyperNodeThatTwoNameIsHeldByNeitherAndKeepsItsNodes) {
  apply(kTree);
  apply("hyper-node w2 tier=2 hyper-nodes=r2,r3");
  EXPECT_EQ("n1 n2", nodes("w1"));
  EXPECT_EQ("n3 n4", nodes("r2"));
  EXPECT_EQ("n5", nodes("w2"));
  EXPECT_EQ("HyperNode \"r2\" is held by none of those that name it: \"w1\" \"w2\"\n", problems());
  apply("gone hyper-node w2");
  EXPECT_EQ("n1 n2 n3 n4", nodes("w1"));
  EXPECT_EQ("", problems());
}

TEST_F(TopologyTest, NodeInTwoDomainsIsInBoth) {
  apply("node n{1..3} cpu=1\nhyper-node a tier=1 nodes=n1,n2\nhyper-node b tier=1 nodes=n2,n3");
  EXPECT_EQ("n1 n2", nodes("a"));
  EXPECT_EQ("n2 n3", nodes("b"));
  EXPECT_EQ("a", name(topology().around(node("n2")).front()));
  EXPECT_EQ("b", name(topology().smallest_around(std::vector{node("n2"), node("n3")})));
}

TEST_F(TopologyTest, PatternThatDoesNotCompileIsAProblemAndSelectsNothing) {
  apply("node n1 cpu=1\nhyper-node a tier=1 pattern=(");
  EXPECT_EQ("", nodes("a"));
  EXPECT_EQ("HyperNode \"a\": regexMatch \"(\": missing ): (\n", problems());
}

/// Exponential for engines that go back, linear here.
TEST_F(TopologyTest, PatternsThatGoBackElsewhereAreHarmless) {
  apply("hyper-node a tier=1 pattern=^(a+)+$\nnode " + std::string(60, 'a') + "b cpu=1");
  EXPECT_EQ("", nodes("a"));
}

class SubJobTest : public TopologyTest {
 protected:
  /// "part: tasks" of the only job, in order.
  std::string parts() {
    std::string text;
    const Cluster& cluster = state_.cluster();
    cluster.jobs().for_each([&](JobId, const Job& job) {
      for (const SubJobId id : job.sub_jobs) {
        const SubJob& part = cluster.sub_jobs()[id];
        text += part.policy ? job.sub_groups[*part.policy].name : "rest";
        for (const std::string& value : part.values) text += "-" + value;
        text += ":";
        for (const TaskId task : part.tasks) {
          text += " " + cluster.tasks()[task].name;
          EXPECT_EQ(id, cluster.tasks()[task].sub_job);
        }
        EXPECT_EQ(part.tasks.size(), cluster.valid_tasks(id));
        text += "\n";
      }
    });
    return text;
  }
};

TEST_F(SubJobTest, EveryTaskIsInTheFirstPolicyThatItMatchesOrInTheRest) {
  apply(R"(queue default
    job j min=1 sub-group:ps=shard sub-group-select:ps=kind=ps sub-group:any=group,shard
    task j-0 cpu=1 label:kind=ps label:shard=1 label:group=x
    task j-1 cpu=1 label:shard=10 label:group=x
    task j-2 cpu=1 label:group=x
    task j-3 cpu=1 label:kind=ps label:shard=1
    task j-4 cpu=1 label:shard= label:group=x)");
  EXPECT_EQ("rest: j-2 j-4\nany-x-10: j-1\nps-1: j-0 j-3\n", parts());
}

TEST_F(SubJobTest, PartsFollowLabelsAndPolicies) {
  apply("queue default\njob j min=1 sub-group:g=g\ntask j-0 cpu=1 label:g=1\ntask j-1 cpu=1 label:g=2");
  EXPECT_EQ("g-1: j-0\ng-2: j-1\n", parts());
  apply("task j-1 cpu=1 label:g=1 job=j created=9");
  EXPECT_EQ("g-1: j-0 j-1\n", parts());
  apply("job j min=1 sub-group:h=h");
  EXPECT_EQ("rest: j-0 j-1\n", parts());
  apply("job j min=1");
  EXPECT_EQ("", parts());
  apply("job j min=1 topology=soft");
  EXPECT_EQ("rest: j-0 j-1\n", parts());
  apply("gone task j-0\ngone task j-1");
  EXPECT_EQ("", parts());
}

TEST_F(SubJobTest, NumberedPartsAreInNumericOrder) {
  apply("queue default\njob j min=1 sub-group:g=g\ntask j-0 cpu=1 label:g=10\ntask j-1 cpu=1 label:g=9");
  EXPECT_EQ("g-9: j-1\ng-10: j-0\n", parts());
}

}  // namespace
}  // namespace basalt
