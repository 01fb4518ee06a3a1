#include "plugins/predicates/predicates.hpp"

#include <gtest/gtest.h>

#include "plugins/predicates/filters.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class PredicatesTest : public testing::Test {
 protected:
  Symbol symbol(std::string_view text) { return world.cluster.symbols().intern(text); }
  NodeId labelled(const std::string& name, std::string_view key, std::string_view value) {
    Node row;
    row.labels = LabelSet({{symbol(key), symbol(value)}});
    return world.node(name, {{"cpu", 8000}}, row);
  }
  NodeId tainted(const std::string& name, std::vector<Taint> taints) {
    Node row;
    row.taints = std::move(taints);
    return world.node(name, {{"cpu", 8000}}, row);
  }
  NodeSelector in(std::string_view key, std::string_view value) {
    NodeSelectorTerm term;
    term.match_expressions.push_back({symbol(key), SelectorOperator::in, {symbol(value)}});
    return NodeSelector{{term}};
  }
  HostPort port(std::int32_t number, std::string_view address = "0.0.0.0", std::string_view protocol = "TCP") {
    return {symbol(protocol), symbol(address), number};
  }
  /// "" or why a pod of this spec cannot be on the node; "!" in front if nothing could change that.
  std::string answer(const Spec& spec, NodeId node, const Arguments& arguments = {}) {
    const TaskId task = world.task(JobId{}, "asks", {{"cpu", 1}}, spec);
    Configured plugin(predicates(), arguments);
    Session session(world.cluster, plugin.configuration, {});
    const Fit fit = session.fit(task, node);
    if (fit) return "";
    return (fit.verdict == Fit::Verdict::unresolvable ? "!" : "") + format(fit.reason, world.cluster.symbols());
  }
  World world;
};

TEST_F(PredicatesTest, RefusesCordonedNodesUnlessThatIsTolerated) {
  Node row;
  row.unschedulable = true;
  const NodeId node = world.node("n1", {{"cpu", 8000}}, row);
  EXPECT_EQ("!node(s) were unschedulable", answer({}, node));
  Spec spec;
  spec.tolerations = {{symbol("node.kubernetes.io/unschedulable"), true, {}, TaintEffect::no_schedule}};
  EXPECT_EQ("", answer(spec, node));
  spec.tolerations = {{Symbol(), true, {}, std::nullopt}};
  EXPECT_EQ("", answer(spec, node));
  spec.tolerations = {{symbol("other"), true, {}, std::nullopt}};
  EXPECT_EQ("!node(s) were unschedulable", answer(spec, node));
}

TEST_F(PredicatesTest, RefusesTheFirstTaintThatIsNotTolerated) {
  const Taint soft{symbol("soft"), symbol("x"), TaintEffect::prefer_no_schedule};
  const Taint team{symbol("team"), symbol("a"), TaintEffect::no_schedule};
  const Taint broken{symbol("broken"), symbol(""), TaintEffect::no_execute};
  const NodeId node = tainted("n1", {soft, team, broken});
  EXPECT_EQ("!node(s) had untolerated taint team", answer({}, node));
  Spec spec;
  spec.tolerations = {{symbol("team"), false, symbol("b"), std::nullopt}};
  EXPECT_EQ("!node(s) had untolerated taint team", answer(spec, node));
  spec.tolerations = {{symbol("team"), false, symbol("a"), TaintEffect::no_schedule}};
  EXPECT_EQ("!node(s) had untolerated taint broken", answer(spec, node));
  spec.tolerations.push_back({symbol("broken"), true, {}, TaintEffect::no_execute});
  EXPECT_EQ("", answer(spec, node));
  EXPECT_EQ("", answer({}, tainted("n2", {soft})));
}

TEST_F(PredicatesTest, DoesNotAskAboutTaintsWhenAllAreTolerated) {
  const TaintFilter filter(world.cluster);
  Spec spec;
  EXPECT_TRUE(filter.applies(spec));
  spec.tolerations = {{Symbol(), true, {}, TaintEffect::no_schedule}};
  EXPECT_TRUE(filter.applies(spec));
  spec.tolerations.push_back({Symbol(), true, {}, TaintEffect::no_execute});
  EXPECT_FALSE(filter.applies(spec));
}

TEST_F(PredicatesTest, KeepsToTheNodeSelectorAndTheRequiredAffinity) {
  constexpr std::string_view kRefusal = "!node(s) didn't match Pod's node affinity/selector";
  const NodeId ssd = labelled("ssd", "disk", "ssd");
  const NodeId hdd = labelled("hdd", "disk", "hdd");
  Spec spec;
  spec.node_selector = {{symbol("disk"), symbol("ssd")}};
  EXPECT_EQ("", answer(spec, ssd));
  EXPECT_EQ(kRefusal, answer(spec, hdd));
  spec.required_nodes = in("disk", "hdd");
  EXPECT_EQ(kRefusal, answer(spec, ssd));
  spec.node_selector.clear();
  EXPECT_EQ("", answer(spec, hdd));
  spec.required_nodes = NodeSelector{};  // selects nothing
  EXPECT_EQ(kRefusal, answer(spec, hdd));
}

TEST_F(PredicatesTest, WantsEveryBoundVolumeWithinReach) {
  const NodeId here = labelled("here", "zone", "a");
  const NodeId there = labelled("there", "zone", "b");
  Spec spec;
  spec.volume_nodes = {in("zone", "a")};
  EXPECT_EQ("", answer(spec, here));
  EXPECT_EQ("!node(s) had volume node affinity conflict", answer(spec, there));
  spec.volume_nodes.push_back(in("zone", "b"));
  EXPECT_EQ("!node(s) had volume node affinity conflict", answer(spec, here));
}

TEST_F(PredicatesTest, GivesAPortOutOnce) {
  constexpr std::string_view kRefusal = "node(s) didn't have free ports for the requested pod ports";
  const NodeId node = world.node("n1", {{"cpu", 8000}});
  Spec spec;
  spec.host_ports = {port(80)};
  EXPECT_EQ("", answer(spec, node));
  const TaskId there = world.task(JobId{}, "there", {{"cpu", 1}}, spec);
  for (const TaskStatus status : {TaskStatus::running, TaskStatus::releasing, TaskStatus::pipelined}) {
    world.cluster.move(there, status, node);
    EXPECT_EQ(kRefusal, answer(spec, node)) << to_string(status);
  }
  Spec other;
  other.host_ports = {port(81), port(80, "0.0.0.0", "UDP")};
  EXPECT_EQ("", answer(other, node));
  other.host_ports = {port(80, "10.0.0.1")};
  EXPECT_EQ(kRefusal, answer(other, node));
}

TEST_F(PredicatesTest, NamesTheFirstObjectionInKubeSchedulersOrder) {
  Node row;
  row.unschedulable = true;
  row.taints = {{symbol("team"), symbol("a"), TaintEffect::no_schedule}};
  const NodeId node = world.node("n1", {{"cpu", 8000}}, row);
  Spec spec;
  spec.node_selector = {{symbol("disk"), symbol("ssd")}};
  EXPECT_EQ("!node(s) were unschedulable", answer(spec, node));
  row.unschedulable = false;
  EXPECT_EQ("!node(s) didn't match Pod's node affinity/selector", answer(spec, world.node("n2", {{"cpu", 8000}}, row)));
}

TEST_F(PredicatesTest, SwitchesOffWhatTheConfigurationSays) {
  const NodeId node = tainted("n1", {{symbol("team"), symbol("a"), TaintEffect::no_schedule}});
  Spec spec;
  spec.node_selector = {{symbol("disk"), symbol("ssd")}};
  spec.volume_nodes = {in("zone", "a")};
  spec.host_ports = {port(80)};
  world.cluster.move(world.task(JobId{}, "there", {{"cpu", 1}}, spec), TaskStatus::running, node);
  EXPECT_NE("", answer(spec, node));
  EXPECT_EQ("", answer(spec, node,
                       {{"predicate.NodeAffinityEnable", false},
                        {"predicate.TaintTolerationEnable", false},
                        {"predicate.NodePortsEnable", false},
                        {"predicate.VolumeBindingEnable", false}}));
}

TEST_F(PredicatesTest, SaysWhichArgumentsHaveNoEffect) {
  EXPECT_EQ(
      "without effect: predicates: argument 'predicate.VolumeZoneEnable' has no effect: there is no such filter; pods "
      "with constraints that are not supported wait\n"
      "without effect: predicates: argument 'predicate.CacheEnable' has no effect: answers are always remembered for "
      "equal pods\n",
      text_of(
          Configured(predicates(), {{"predicate.CacheEnable", true}, {"predicate.VolumeZoneEnable", false}}).findings));
}

}  // namespace
}  // namespace basalt
