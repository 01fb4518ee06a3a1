#include "plugins/nodeorder/nodeorder.hpp"

#include <gtest/gtest.h>

#include <random>

#include "plugins/nodeorder/resource_scorers.hpp"
#include "plugins/nodeorder/scoring_sums.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

/// Arguments that leave one score on, with weight 1.
Arguments only(std::string_view score) {
  Arguments arguments;
  for (const std::string key : {"leastrequested", "mostrequested", "balancedresource", "nodeaffinity",
                                "tainttoleration", "podaffinity", "podtopologyspread"}) {
    arguments.emplace_back(key + ".weight", key == score ? 1 : 0);
  }
  return arguments;
}

class NodeorderTest : public testing::Test {
 protected:
  Symbol symbol(std::string_view text) { return world.cluster.symbols().intern(text); }
  Spec scored(std::int64_t cpu, std::int64_t memory) {
    Spec spec;
    spec.scoring_cpu = cpu;
    spec.scoring_memory = memory;
    return spec;
  }
  /// Whole points of each node.
  std::vector<Score> points(const Arguments& arguments, TaskId task, std::vector<NodeId> nodes) {
    Configured plugin(nodeorder(), arguments);
    plugin.configuration.attach(world.cluster);
    Session session(world.cluster, plugin.configuration, {});
    std::vector<Score> scores = session.scores(task, nodes);
    for (Score& score : scores) {
      EXPECT_EQ(0, score % kPoint);
      score /= kPoint;
    }
    return scores;
  }
  World world;
  NodeId n1 = world.node("n1", {{"cpu", 4000}, {"memory", 10 * kGi}});
  NodeId n2 = world.node("n2", {{"cpu", 8000}, {"memory", 10 * kGi}});
};

TEST_F(NodeorderTest, RatesFreeRoomByRequestsForScoring) {
  // A pod that asks for nothing counts as 100m and 200Mi: (3900*100/4000 + 98) / 2 and (7900*100/8000 + 98) / 2.
  const TaskId task = world.task(JobId{}, "asks", {}, scored(100, 200 << 20));
  EXPECT_EQ((std::vector<Score>{97, 98}), points(only("leastrequested"), task, {n1, n2}));
  EXPECT_EQ((std::vector<Score>{1, 1}), points(only("mostrequested"), task, {n1, n2}));
}

TEST_F(NodeorderTest, CountsWhatIsThereLeavesOrIsReservedAsUse) {
  for (const TaskStatus status : {TaskStatus::running, TaskStatus::releasing, TaskStatus::pipelined}) {
    const TaskId there = world.task(JobId{}, "there", {{"cpu", 1000}}, scored(1000, 5 * kGi));
    world.cluster.move(there, status, n1);
    const TaskId task = world.task(JobId{}, "asks", {{"cpu", 1000}}, scored(1000, 0));
    // (50 + 50) / 2 on n1, (87 + 100) / 2 on n2.
    EXPECT_EQ((std::vector<Score>{50, 93}), points(only("leastrequested"), task, {n1, n2})) << to_string(status);
    world.cluster.erase_task(there);
  }
}

TEST_F(NodeorderTest, PrefersNodesWhoseKindsAreUsedToTheSamePart) {
  const TaskId task = world.task(JobId{}, "asks", {{"cpu", 4000}, {"memory", 5 * kGi}});
  // n1: parts 1 and 0.5; n2: 0.5 and 0.5.
  EXPECT_EQ((std::vector<Score>{75, 100}), points(only("balancedresource"), task, {n1, n2}));
}

TEST_F(NodeorderTest, BalancesGpusOnlyForTasksThatAskForThem) {
  const NodeId gpu = world.node("gpu", {{"cpu", 4000}, {"memory", 4 * kGi}, {"nvidia.com/gpu", 4000}});
  const TaskId without = world.task(JobId{}, "without", {{"cpu", 1000}, {"memory", kGi}});
  const TaskId with = world.task(JobId{}, "with", {{"cpu", 1000}, {"memory", kGi}, {"nvidia.com/gpu", 4000}});
  EXPECT_EQ(std::vector<Score>{100}, points(only("balancedresource"), without, {gpu}));
  // Parts 0.25, 0.25, 1: deviation 0.3535.
  EXPECT_EQ(std::vector<Score>{64}, points(only("balancedresource"), with, {gpu}));
}

TEST_F(NodeorderTest, DoesNotBalanceTasksThatAskForNothing) {
  const BalanceTerm term(world.cluster, 1);
  EXPECT_FALSE(term.applies(scored(100, 200)));
}

TEST_F(NodeorderTest, ScalesPreferredNodesToTheBest) {
  Node row;
  row.labels = LabelSet({{symbol("disk"), symbol("ssd")}, {symbol("zone"), symbol("a")}});
  const NodeId both = world.node("both", {{"cpu", 1000}}, row);
  row.labels = LabelSet({{symbol("disk"), symbol("ssd")}});
  const NodeId one = world.node("one", {{"cpu", 1000}}, row);
  Spec spec;
  const auto wish = [&](std::string_view key, std::string_view value, std::int32_t weight) {
    NodeSelectorTerm term;
    term.match_expressions.push_back({symbol(key), SelectorOperator::in, {symbol(value)}});
    spec.preferred_nodes.push_back({weight, term});
  };
  wish("disk", "ssd", 20);
  wish("zone", "a", 10);
  const TaskId task = world.task(JobId{}, "asks", {{"cpu", 1}}, spec);
  EXPECT_EQ((std::vector<Score>{100, 66, 0}), points(only("nodeaffinity"), task, {both, one, n1}));
}

TEST_F(NodeorderTest, PrefersNodesWithFewerUntoleratedSoftTaints) {
  const auto soft = [&](std::string_view key) { return Taint{symbol(key), {}, TaintEffect::prefer_no_schedule}; };
  Node row;
  row.taints = {soft("a"), soft("b"), soft("c")};
  const NodeId three = world.node("three", {{"cpu", 1000}}, row);
  row.taints = {soft("a"), soft("b"), {symbol("hard"), {}, TaintEffect::no_schedule}};
  const NodeId two = world.node("two", {{"cpu", 1000}}, row);
  const TaskId task = world.task(JobId{}, "asks", {{"cpu", 1}});
  EXPECT_EQ((std::vector<Score>{0, 34, 100}), points(only("tainttoleration"), task, {three, two, n1}));
  Spec spec;
  spec.tolerations = {{symbol("a"), true, {}, std::nullopt}, {symbol("b"), true, {}, TaintEffect::no_schedule}};
  const TaskId tolerant = world.task(JobId{}, "tolerant", {{"cpu", 1}}, spec);
  EXPECT_EQ((std::vector<Score>{0, 50, 100}), points(only("tainttoleration"), tolerant, {three, two, n1}));
}

TEST_F(NodeorderTest, AddsUpWithVolcanosWeightsByDefault) {
  const TaskId task = world.task(JobId{}, "asks", {{"cpu", 2000}, {"memory", 5 * kGi}}, scored(2000, 5 * kGi));
  // least (50 + 50) / 2, balanced 100, taints 3 * 100; no preferred nodes, so those add nothing.
  EXPECT_EQ(std::vector<Score>{450}, points({}, task, {n1}));
}

TEST_F(NodeorderTest, SaysWhichScoresDoNotExistYet) {
  EXPECT_EQ(
      "wrong: nodeorder: 'leastrequested.weight' is 1000001: expected -1000000 to 1000000\n"
      "without effect: nodeorder: argument 'imagelocality.weight' has no effect: there is no such score yet\n",
      text_of(Configured(nodeorder(), {{"imagelocality.weight", 1}, {"leastrequested.weight", 1'000'001}}).findings));
}

/// What the sums must be, from scratch.
ScoringSums::Sums sums_of(const Cluster& cluster, NodeId node) {
  ScoringSums::Sums sums;
  cluster.for_each_task_on(node, [&](TaskId task) {
    sums.cpu += cluster.spec(task).scoring_cpu;
    sums.memory += cluster.spec(task).scoring_memory;
  });
  return sums;
}

TEST_F(NodeorderTest, KeepsItsSumsThroughPlacementsAndRollBacks) {
  ScoringSums sums;
  std::vector<TaskId> tasks;
  for (int i = 0; i < 20; ++i) {
    tasks.push_back(world.task(JobId{}, "t-" + std::to_string(i), {{"cpu", 100 + i}}, scored(100 + i, 10 * i)));
  }
  world.cluster.move(tasks[0], TaskStatus::running, n1);
  sums.attach(world.cluster);
  const std::uint64_t before = world.cluster.fingerprint();
  const auto expect_in_step = [&] {
    for (const NodeId node : {n1, n2}) {
      EXPECT_EQ(sums_of(world.cluster, node).cpu, sums[node].cpu);
      EXPECT_EQ(sums_of(world.cluster, node).memory, sums[node].memory);
    }
  };
  expect_in_step();
  std::mt19937 random(1);
  const UndoLog::Mark opening = world.cluster.open_undo();
  std::vector<UndoLog::Mark> marks;
  for (int step = 0; step < 300; ++step) {
    if (random() % 4 == 0) marks.push_back(world.cluster.undo_mark());
    const TaskStatus status =
        std::array{TaskStatus::pending, TaskStatus::pipelined, TaskStatus::allocated}[random() % 3];
    const NodeId node = random() % 2 == 0 ? n1 : n2;
    world.cluster.move(tasks[random() % tasks.size()], status, status == TaskStatus::pending ? NodeId{} : node);
    if (!marks.empty() && random() % 5 == 0) {
      world.cluster.rollback(marks.back());
      marks.pop_back();
    }
    expect_in_step();
  }
  world.cluster.rollback(opening);
  world.cluster.close_undo();
  EXPECT_EQ(before, world.cluster.fingerprint());
  const NodeId late = world.node("late", {{"cpu", 1000}});
  world.cluster.move(tasks[3], TaskStatus::running, late);
  EXPECT_EQ(103, sums[late].cpu);
}

TEST_F(NodeorderTest, GivesItsColumnBack) {
  const std::uint64_t before = world.cluster.fingerprint();
  {
    Configured plugin{nodeorder()};
    plugin.configuration.attach(world.cluster);
    EXPECT_NE(before, world.cluster.fingerprint());
  }
  EXPECT_EQ(before, world.cluster.fingerprint());
  world.running(JobId{}, "later", {{"cpu", 1}}, n1);  // nobody is told any more
}

}  // namespace
}  // namespace basalt
