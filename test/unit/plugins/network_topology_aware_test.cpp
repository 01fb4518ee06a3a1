#include "plugins/network-topology-aware/network_topology_aware.hpp"

#include <gtest/gtest.h>

#include "plugins/network-topology-aware/domain_gradient.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

/// Volcano's test tree: s0 of tier 3 holds s1 and s2 of tier 2, which hold s3..s6 of tier 1, with two
/// nodes each: of 2, 4, 2 and 4 cpu, and of 4, 4, 8 and 8Gi.
class TopologyAwareTable : public testing::Test {
 protected:
  TopologyAwareTable() {
    add("s0", 3, {"s1", "s2"});
    add("s1", 2, {"s3", "s4"});
    add("s2", 2, {"s5", "s6"});
    const std::int64_t cpus[] = {2000, 4000, 2000, 4000};
    const std::int64_t memories[] = {4, 4, 8, 8};
    for (int rack = 0; rack < 4; ++rack) {
      const HyperNodeId hyper_node = add("s" + std::to_string(rack + 3), 1, {});
      for (const char* side : {"a", "b"}) {
        nodes.push_back(
            world.node("n" + std::to_string(rack + 3) + side, {{"cpu", cpus[rack]}, {"memory", memories[rack] * kGi}}));
        world.cluster.join(hyper_node, nodes.back());
      }
    }
  }

  HyperNodeId add(const std::string& name, std::int32_t tier, std::vector<std::string> children) {
    HyperNode row;
    row.name = name;
    row.tier = tier;
    row.children = std::move(children);
    return by_name[name] = world.cluster.insert_hyper_node(std::move(row));
  }
  JobId job(std::optional<NetworkTopology> topology) {
    Job row;
    row.network_topology = std::move(topology);
    return world.job("job", world.queue("q"), 2, row);
  }
  SubJobId part(JobId job) { return world.cluster.jobs()[job].sub_jobs.front(); }

  /// Scores of nodes in tenths of a point, for a task.
  std::vector<std::int64_t> node_scores(TaskId task, const Arguments& arguments = {}) {
    Configured plugin(network_topology_aware(), arguments);
    EXPECT_EQ("", text_of(plugin.findings));
    Session session(world.cluster, plugin.configuration, {});
    std::vector<std::int64_t> tenths;
    for (const Score score : session.scores(task, nodes)) tenths.push_back((score * 10 + kPoint / 2) / kPoint);
    return tenths;
  }
  std::string names(const Gradient& gradient) {
    std::string text;
    for (const auto& group : gradient) {
      for (const HyperNodeId id : group) text += world.cluster.hyper_nodes()[id].name + " ";
      text += "| ";
    }
    return text;
  }
  std::string gradient(JobId asked, SearchPurpose purpose, const Arguments& arguments = {}) {
    Configured plugin(network_topology_aware(), arguments);
    Session session(world.cluster, plugin.configuration, {});
    return names(session.hyper_node_gradient(asked, world.cluster.topology().root(), purpose));
  }

  World world;
  std::vector<NodeId> nodes;
  std::map<std::string, HyperNodeId> by_name;
  const NetworkTopology hard_2{true, 2, ""};
};

TEST_F(TopologyAwareTable, PrefersNodesCloseToWhatIsPlaced) {
  const JobId asked = job(hard_2);
  world.running(asked, "job-0", {}, nodes[0]);
  const TaskId task = world.task(asked, "job-1", {});
  // Both nodes of s3 share the top: one of two tasks is there, half of 100 on top.
  EXPECT_EQ((std::vector<std::int64_t>{1500, 1500, 667, 667, 333, 333, 333, 333}), node_scores(task));
  EXPECT_EQ((std::vector<std::int64_t>{3000, 3000, 1333, 1333, 667, 667, 667, 667}),
            node_scores(task, {{"weight", 2}}));
}

TEST_F(TopologyAwareTable, EqualNodesAreToldApartByWhereMoreTasksAre) {
  const JobId asked = job(hard_2);
  world.running(asked, "job-0", {}, nodes[0]);
  world.running(asked, "job-1", {}, nodes[1]);
  world.running(asked, "job-2", {}, nodes[2]);
  const TaskId task = world.task(asked, "job-3", {});
  EXPECT_EQ((std::vector<std::int64_t>{1167, 1167, 917, 917, 333, 333, 333, 333}), node_scores(task));
}

TEST_F(TopologyAwareTable, HasNoPreferenceWhileNothingIsPlaced) {
  EXPECT_EQ(std::vector<std::int64_t>(8, 0), node_scores(world.task(job(hard_2), "job-0", {})));
}

TEST_F(TopologyAwareTable, OtherPodsGoWhereDomainsAreFull) {
  const TaskId task = world.task(job(std::nullopt), "job-0", {{"cpu", 2000}, {"memory", 4 * kGi}});
  EXPECT_EQ((std::vector<std::int64_t>{258, 258, 216, 216, 199, 199, 157, 157}), node_scores(task));
  EXPECT_EQ(std::vector<std::int64_t>(8, 0), node_scores(task, {{"hypernode.binpack.normal-pod.enable", false}}));
}

TEST_F(TopologyAwareTable, NodesOutsideOfAllDomainsAreForOtherPods) {
  nodes.push_back(world.node("outside", {{"cpu", 2000}, {"memory", 4 * kGi}}));
  const TaskId task = world.task(job(std::nullopt), "job-0", {{"cpu", 2000}, {"memory", 4 * kGi}});
  const auto scores = node_scores(task);
  EXPECT_GT(scores.back(), *std::max_element(scores.begin(), scores.end() - 1));
}

TEST_F(TopologyAwareTable, FullestHyperNodeThatHoldsThePartIsBest) {
  const JobId asked = job(hard_2);
  for (int i = 0; i < 2; ++i) {
    world.task(asked, "job-" + std::to_string(i), {{"cpu", 4000}, {"memory", 4 * kGi}});
  }
  Configured plugin(network_topology_aware());
  Session session(world.cluster, plugin.configuration, {});
  const std::vector<HyperNodeId> all = {by_name["s4"], by_name["s6"], by_name["s1"], by_name["s2"],
                                        by_name["s0"], by_name["s3"], by_name["s5"]};
  std::vector<std::int64_t> tenths;
  for (const Score score : session.hyper_node_scores(part(asked), all))
    tenths.push_back((score * 10 + kPoint / 2) / kPoint);
  EXPECT_EQ((std::vector<std::int64_t>{1000, 750, 583, 458, 250, 0, 0}), tenths);
}

TEST_F(TopologyAwareTable, DomainsAreTriedFromTheClosestTierToTheHighestAllowed) {
  EXPECT_EQ("s3 s4 s5 s6 | s1 s2 | ", gradient(job(hard_2), SearchPurpose::allocate));
  EXPECT_EQ("s3 s4 s5 s6 | s1 s2 | s0 | <cluster-top-hypernode> | ",
            gradient(job(NetworkTopology{false, 1, ""}), SearchPurpose::allocate));
  EXPECT_EQ("<cluster-top-hypernode> | ", gradient(job(std::nullopt), SearchPurpose::allocate));
}

TEST_F(TopologyAwareTable, WhatIsPlacedIsJoinedFromTheInsideOut) {
  const JobId asked = job(hard_2);
  world.running(asked, "job-0", {}, nodes[4]);
  EXPECT_EQ("s5 | s2 | ", gradient(asked, SearchPurpose::allocate));
  world.running(asked, "job-1", {}, nodes[0]);  // too far apart by now
  EXPECT_EQ("", gradient(asked, SearchPurpose::allocate));
}

TEST_F(TopologyAwareTable, RoomIsMadeInFewDomainsWidestFirst) {
  const JobId asked = job(hard_2);
  EXPECT_EQ("s1 s2 | s3 s4 s5 s6 | ", gradient(asked, SearchPurpose::evict));
  EXPECT_EQ("s1 s2 | s3 | ", gradient(asked, SearchPurpose::evict, {{"hypernode.gradient.evict.max-hypernodes", 3}}));
}

TEST(TopologyAware, SaysWhatIsOddAboutItsArguments) {
  const Configured plugin(network_topology_aware(), {{"weight", -1},
                                                     {"hypernode.binpack.cpu", -1},
                                                     {"hypernode.binpack.normal-pod.fading", -0.5},
                                                     {"hypernode.gradient.evict.max-hypernodes", 0},
                                                     {"hypernode.binpack.gpu", 1}});
  EXPECT_EQ(
      "note: network-topology-aware: 'weight' is negative: 1 is used\n"
      "note: network-topology-aware: 'hypernode.binpack.cpu' is negative: 1 is used\n"
      "note: network-topology-aware: 'hypernode.binpack.normal-pod.fading' is negative: 0.8 is used\n"
      "note: network-topology-aware: 'hypernode.gradient.evict.max-hypernodes' is not above 0: 8 is used\n"
      "unknown: network-topology-aware: unknown argument 'hypernode.binpack.gpu'\n",
      text_of(plugin.findings));
}

}  // namespace
}  // namespace basalt
