#include "framework/group_bests.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "basalt/model/cluster_text.hpp"
#include "framework/node_groups.hpp"
#include "state/state.hpp"

// The best node where HyperNodes add to what nodes have, compared with a look at every node.
namespace basalt {
namespace {

struct World {
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text, 0);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
    groups_.catch_up(state_.cluster());
  }
  [[nodiscard]] const Cluster& cluster() const { return state_.cluster(); }

  State state_{Ownership{}};
  NodeGroups groups_;
};

class GroupBestsTest : public ::testing::Test, protected World {};

TEST_F(GroupBestsTest, NodesAreInOneGroupIfAndOnlyIfTheSameHyperNodesAreAroundThem) {
  apply(R"(
    node n{1..7} cpu=1
    hyper-node r1 tier=1 nodes=n1,n2,n3
    hyper-node r2 tier=1 nodes=n3,n4
    hyper-node r3 tier=1 nodes=n5
    hyper-node w1 tier=2 hyper-nodes=r1,r3)");
  const auto nodes = cluster().nodes_in_order();
  for (std::uint32_t left = 0; left < nodes.size(); ++left) {
    for (std::uint32_t right = 0; right < nodes.size(); ++right) {
      const auto around_left = cluster().topology().around(nodes[left]);
      const auto around_right = cluster().topology().around(nodes[right]);
      EXPECT_EQ(std::equal(around_left.begin(), around_left.end(), around_right.begin(), around_right.end()),
                groups_.group_of(left) == groups_.group_of(right))
          << left << " " << right;
    }
  }
  EXPECT_EQ(4U, groups_.domains().size()) << "the root tells none apart";
}

TEST_F(GroupBestsTest, OfEqualNodesTheFirstIsBest) {
  apply(R"(
    node n{1..4} cpu=1
    hyper-node r1 tier=1 nodes=n2,n4
    hyper-node r2 tier=1 nodes=n1,n3)");
  GroupBests bests;
  bests.forget(groups_);
  const std::vector<GroupBests::Key> keys = {GroupBests::kRefused, 5, 8, 7};
  bests.catch_up(groups_, keys,
                 [&](HyperNodeId id) { return cluster().hyper_nodes()[id].name == "r1" ? Score{3} : Score{0}; });
  EXPECT_EQ(3U, bests.best()) << "5 + 3, 8, 7 + 3";
  bests.group_changed(groups_.group_of(3));
  const std::vector<GroupBests::Key> later = {GroupBests::kRefused, 5, 8, 1};
  bests.catch_up(groups_, later, [&](HyperNodeId) { return Score{3}; });
  EXPECT_EQ(1U, bests.best()) << "5 + 3, 8 + 0: what added nothing was not asked again";
}

TEST_F(GroupBestsTest, WhereAllAreRefusedNobodyIsBest) {
  apply("node n{1..2} cpu=1\n hyper-node r1 tier=1 nodes=n2");
  GroupBests bests;
  bests.forget(groups_);
  bests.catch_up(groups_, std::vector<GroupBests::Key>(2, GroupBests::kRefused), [](HyperNodeId) { return Score{1}; });
  EXPECT_EQ(GroupBests::kNobody, bests.best());
}

TEST(GroupBests, AgreeWithALookAtEveryNodeWhateverChanges) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    World world;
    std::string text = "node n{1..20} cpu=1\n";
    for (int rack = 0; rack < 5; ++rack) {
      text += "hyper-node r" + std::to_string(rack) + " tier=1 nodes=n" + std::to_string(pick(1, 20));
      for (int more = pick(0, 5); more > 0; --more) text += ",n" + std::to_string(pick(1, 20));
      text += "\n";
    }
    world.apply(text + "hyper-node w tier=2 hyper-nodes=r0,r1\n");

    std::vector<GroupBests::Key> keys(20);
    std::map<std::uint32_t, Score> added;  // by slot of the HyperNode
    const auto draw_key = [&] { return pick(0, 4) == 0 ? GroupBests::kRefused : GroupBests::Key{pick(-9, 9)}; };
    for (auto& key : keys) key = draw_key();
    for (const HyperNodeId id : world.cluster().topology().all()) added[id.slot()] = pick(-9, 9);
    GroupBests bests;
    bests.forget(world.groups_);
    for (int step = 0; step < 40; ++step) {
      bests.catch_up(world.groups_, keys, [&](HyperNodeId id) { return added.at(id.slot()); });
      GroupBests::Key highest = GroupBests::kRefused;
      std::uint32_t expected = GroupBests::kNobody;
      for (std::uint32_t rank = 0; rank < keys.size(); ++rank) {
        if (keys[rank] == GroupBests::kRefused) continue;
        GroupBests::Key key = keys[rank];
        for (const HyperNodeId id : world.cluster().topology().around(world.cluster().nodes_in_order()[rank])) {
          key += added.at(id.slot());
        }
        if (expected != GroupBests::kNobody && key <= highest) continue;
        highest = key;
        expected = rank;
      }
      ASSERT_EQ(expected, bests.best()) << "step " << step;
      // A placement: the node's key, and what the HyperNodes around it say.
      const auto rank = static_cast<std::uint32_t>(pick(0, 19));
      keys[rank] = draw_key();
      for (const HyperNodeId id : world.cluster().topology().around(world.cluster().nodes_in_order()[rank])) {
        added[id.slot()] = pick(-9, 9);
      }
      bests.group_changed(world.groups_.group_of(rank));
    }
  }
}

}  // namespace
}  // namespace basalt
