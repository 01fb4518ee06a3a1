#include "framework/node_classes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

// Which nodes are asked as one.
namespace basalt {
namespace {

class NodeClassesTest : public testing::Test {
 protected:
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas) << text << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  Cluster& cluster() { return state_.cluster(); }

  NodeId node(const std::string& name) {
    for (const NodeId id : cluster().nodes_in_order()) {
      if (cluster().node_name(id) == name) return id;
    }
    return {};
  }

  TaskId task(const std::string& name) {
    TaskId found;
    cluster().tasks().for_each([&](TaskId id, const Task& row) {
      if (row.name == name) found = id;
    });
    return found;
  }

  bool are_together(const std::string& left, const std::string& right) {
    classes_.catch_up(cluster());
    return classes_.of(node(left)) == classes_.of(node(right));
  }

  State state_{Ownership{}};
  NodeClasses classes_;
};

TEST_F(NodeClassesTest, EqualNodesAreOneClassWhateverTheirLabels) {
  apply("node n1 cpu=4 label:zone=a\nnode n2 cpu=4 taint:dedicated=x:NoSchedule\nnode n3 cpu=8");
  EXPECT_TRUE(are_together("n1", "n2"));
  EXPECT_FALSE(are_together("n1", "n3"));
}

TEST_F(NodeClassesTest, APodSetsItsNodeApartUntilOthersHaveOneLikeIt) {
  apply("queue default\nnode n{1..3} cpu=4\npod p1 cpu=1 on=n1 status=running");
  EXPECT_FALSE(are_together("n1", "n2"));
  EXPECT_TRUE(are_together("n2", "n3"));
  apply("pod p2 cpu=1 on=n2 status=running");
  EXPECT_TRUE(are_together("n1", "n2"));
  EXPECT_FALSE(are_together("n2", "n3"));
  apply("gone pod p1");
  EXPECT_TRUE(are_together("n1", "n3"));
}

TEST_F(NodeClassesTest, KindsThatFewNodesHaveCount) {
  apply("node n1 cpu=4 nvidia.com/gpu=2\nnode n2 cpu=4\nnode n3 cpu=4 nvidia.com/gpu=2");
  EXPECT_FALSE(are_together("n1", "n2"));
  EXPECT_TRUE(are_together("n1", "n3"));
}

TEST_F(NodeClassesTest, WhatPluginsKeepOfANodeCounts) {
  Column<NodeTag, std::uint32_t>& column = cluster().add_node_column<std::uint32_t>();
  apply("node n1 cpu=4\nnode n2 cpu=4\nnode n3 cpu=4");
  column.edit(node("n1")) = 7;
  column.edit(node("n3")) = 7;
  EXPECT_FALSE(are_together("n1", "n2"));
  EXPECT_TRUE(are_together("n1", "n3"));
}

TEST_F(NodeClassesTest, WhatIsTakenBackNeverWas) {
  apply("queue default\nnode n1 cpu=4\nnode n2 cpu=4\npod p cpu=1");
  EXPECT_TRUE(are_together("n1", "n2"));
  const UndoLog::Mark mark = cluster().open_undo();
  cluster().move(task("p"), TaskStatus::allocated, node("n1"));
  EXPECT_FALSE(are_together("n1", "n2"));
  cluster().rollback(mark);
  cluster().close_undo();
  EXPECT_TRUE(are_together("n1", "n2"));
}

TEST_F(NodeClassesTest, NumbersAreGivenOutAgain) {
  apply("queue default\nnode n1 cpu=64\nnode n2 cpu=64");
  for (int pod = 0; pod < 20; ++pod) {
    apply("pod p" + std::to_string(pod) + " cpu=1 on=n1 status=running");
    EXPECT_FALSE(are_together("n1", "n2"));
  }
  EXPECT_LE(classes_.numbers(), 3U);
}

TEST_F(NodeClassesTest, NodesOfOneClassAreAlikeAndNoOthersAfterWhateverHappened) {
  std::mt19937 random(7);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  apply("queue default");
  for (int step = 0; step < 400; ++step) {
    const std::string name = "n" + std::to_string(pick(0, 15));
    switch (pick(0, 5)) {
      case 0: apply("node " + name + " cpu=" + std::to_string(pick(1, 2) * 4)); break;
      case 1: apply("gone node " + name); break;
      case 2: apply("gone pod p" + std::to_string(pick(0, 40))); break;
      default: apply("pod p" + std::to_string(pick(0, 40)) + " cpu=1 on=" + name + " status=running"); break;
    }
    if (pick(1, 3) == 1) continue;  // several changes at once
    classes_.catch_up(cluster());
    for (const NodeId left : cluster().nodes_in_order()) {
      for (const NodeId right : cluster().nodes_in_order()) {
        ASSERT_EQ(cluster().are_alike(left, right), classes_.of(left) == classes_.of(right)) << "step " << step;
        ASSERT_TRUE(!cluster().are_alike(left, right) || cluster().likeness(left) == cluster().likeness(right));
      }
    }
  }
}

}  // namespace
}  // namespace basalt
