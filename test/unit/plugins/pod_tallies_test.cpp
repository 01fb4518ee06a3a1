#include "plugins/tallies/pod_tallies.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class PodTalliesTest : public testing::Test {
 protected:
  PodTalliesTest() { tallies.attach(world.cluster); }

  Symbol symbol(std::string_view text) { return world.cluster.symbols().intern(text); }
  PodSelection labelled(std::string_view app) {
    PodSelection pods;
    pods.namespaces = {symbol("default")};
    pods.selector.requirements = {{symbol("app"), SelectorOperator::in, {symbol(app)}}};
    return pods;
  }
  Spec avoiding(std::string_view app) {
    Spec spec;
    spec.required_anti_affinity = {{labelled(app), symbol("zone")}};
    return spec;
  }
  TaskId pod(const std::string& name, std::string_view app, Spec spec = {}) {
    spec.request = world.resources({{"cpu", 1}});
    Task row;
    row.name = name;
    row.spec = world.cluster.intern_spec(std::move(spec));
    row.labels = world.cluster.intern_labels({row.spec, symbol("default"), LabelSet({{symbol("app"), symbol(app)}})});
    return world.cluster.insert_task(std::move(row));
  }
  void forget(TaskId task) {
    const Task row = world.cluster.tasks()[task];
    world.cluster.erase_task(task);
    world.cluster.release_labels(row.labels);
    world.cluster.release_spec(row.spec);
  }
  NodeId node(const std::string& name, std::string_view zone) {
    Node row;
    row.labels = LabelSet({{symbol("zone"), symbol(zone)}});
    return world.node(name, {{"cpu", 8000}}, row);
  }
  const Spec& spec(TaskId task) { return world.cluster.spec(task); }

  World world;
  PodTallies tallies{PodTallies::Purpose::filters};
};

TEST_F(PodTalliesTest, OrdinarySpecsAreNotTouchedByTermsThatDoNotSelectTheirPods) {
  const TaskId web = pod("web", "web");
  const TaskId db = pod("db", "db");
  EXPECT_FALSE(tallies.others_select(spec(web)));
  const TaskId loner = pod("loner", "loner", avoiding("web"));
  EXPECT_TRUE(tallies.others_select(spec(web)));
  EXPECT_TRUE(tallies.others_select(spec(db)));  // of the same spec as web: somebody may be meant
  EXPECT_FALSE(tallies.selecting(world.cluster.tasks()[web]).empty());
  EXPECT_TRUE(tallies.selecting(world.cluster.tasks()[db]).empty());
  Spec bigger;
  bigger.scoring_cpu = 1;
  EXPECT_FALSE(tallies.others_select(spec(pod("other", "db", bigger))));
  forget(loner);
  EXPECT_FALSE(tallies.others_select(spec(web)));
}

TEST_F(PodTalliesTest, ANewTallyCountsWhatIsThere) {
  const NodeId n1 = node("n1", "a");
  const NodeId n2 = node("n2", "b");
  const NodeId n3 = node("n3", "c");
  for (const NodeId there : {n1, n1, n2}) world.cluster.move(pod("web", "web"), TaskStatus::running, there);
  const TaskId loner = pod("loner", "loner", avoiding("web"));
  const PodTallies::View view = tallies.view(tallies.of(spec(loner)).anti_affinity.front());
  EXPECT_EQ(2, view.count(n1));
  EXPECT_EQ(1, view.count(n2));
  EXPECT_EQ(0, view.count(n3));
}

TEST_F(PodTalliesTest, TalliesGoWithTheLastSpecThatAsks) {
  const NodeId n1 = node("n1", "a");
  world.cluster.move(pod("web", "web"), TaskStatus::running, n1);
  const TaskId first = pod("first", "loner", avoiding("web"));
  Spec other = avoiding("web");
  other.scoring_cpu = 5;
  const TaskId second = pod("second", "loner", other);
  EXPECT_EQ(tallies.of(spec(first)).anti_affinity, tallies.of(spec(second)).anti_affinity);
  forget(first);
  EXPECT_EQ(1, tallies.view(tallies.of(spec(second)).anti_affinity.front()).count(n1));
  forget(second);
  const TaskId again = pod("again", "loner", avoiding("web"));
  EXPECT_EQ(1, tallies.view(tallies.of(spec(again)).anti_affinity.front()).count(n1));
}

TEST_F(PodTalliesTest, ANodeThatMovesTakesItsPodsAlong) {
  const NodeId n1 = node("n1", "a");
  const NodeId n2 = node("n2", "b");
  world.cluster.move(pod("web", "web"), TaskStatus::running, n1);
  const TaskId loner = pod("loner", "loner", avoiding("web"));
  const auto count = [&](NodeId there) {
    return tallies.view(tallies.of(spec(loner)).anti_affinity.front()).count(there);
  };
  EXPECT_EQ(0, count(n2));
  Node row = world.cluster.nodes()[n1];
  row.labels = LabelSet({{symbol("zone"), symbol("b")}});
  world.cluster.replace_node(n1, row);
  EXPECT_EQ(1, count(n2));
  row.labels = LabelSet();
  world.cluster.replace_node(n1, row);
  EXPECT_EQ(0, count(n2));
}

}  // namespace
}  // namespace basalt
