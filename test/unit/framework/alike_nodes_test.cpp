#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

// What is asked of one node and what of each, where nodes are alike: with terms made for the test.
namespace basalt {
namespace {

/// Prefers nodes with much idle cpu.
class IdleCpu final : public ScoreTerm {
 public:
  IdleCpu(const Cluster& cluster, Inputs inputs) : cluster_(cluster), inputs_(inputs) {}
  [[nodiscard]] std::string_view name() const override { return "idle-cpu"; }
  [[nodiscard]] Inputs inputs() const override { return inputs_; }
  void score(const TaskView&, std::span<const NodeId> nodes, std::span<Score> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) out[i] = cluster_.idle(nodes[i], kCpu);
  }

 private:
  const Cluster& cluster_;
  Inputs inputs_;
};

/// Refuses nodes with a taint.
class NoTaints final : public FilterTerm {
 public:
  explicit NoTaints(const Cluster& cluster) : cluster_(cluster) {}
  [[nodiscard]] std::string_view name() const override { return "no-taints"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::node_row}; }
  void filter(const TaskView&, std::span<const NodeId> nodes, std::span<Fit> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!cluster_.nodes()[nodes[i]].taints.empty()) out[i] = Fit::never({"node(s) had a taint", {}});
    }
  }

 private:
  const Cluster& cluster_;
};

class Plugin final : public NodeOrder, public Predicate {
 public:
  struct Args {
    bool reads_labels = false;
    static Args read(ArgumentReader& reader) { return Args{reader.integer("reads-labels", 0) != 0}; }
  };
  Plugin(const Args& args, const Session& session)
      : score_(session.cluster(), args.reads_labels ? Inputs{Input::node_row, Input::node_usage}
                                                    : Inputs{Input::node_capacity, Input::node_usage}),
        filter_(session.cluster()) {}
  [[nodiscard]] std::vector<const ScoreTerm*> score_terms() const override { return {&score_}; }
  [[nodiscard]] std::vector<const FilterTerm*> filter_terms() const override { return {&filter_}; }

 private:
  IdleCpu score_;
  NoTaints filter_;
};

class AlikeNodes : public testing::Test {
 protected:
  explicit AlikeNodes(bool reads_labels = false) {
    Findings findings;
    const Arguments arguments = {{"reads-labels", reads_labels ? 1 : 0}};
    configuration_.tiers.emplace_back().plugins.push_back(
        PluginSlot{"plugin", plugin_type<Plugin>("plugin").configure(arguments, findings), {}});
    configuration_.attach(state_.cluster());
    configuration_.memory->verify_every(1);
    apply("queue default");
  }

  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas) << text << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  /// Where the pod would go; "nowhere", if so. Leaves what was said in `why_`.
  std::string place(const std::string& pod) {
    const Cluster& cluster = state_.cluster();
    TaskId task;
    cluster.tasks().for_each([&](TaskId id, const Task& row) {
      if (row.name == pod) task = id;
    });
    Session session(state_.cluster(), configuration_, Moment{});
    why_ = FitSummary{};
    const auto placement = session.find_placement(task, why_);
    EXPECT_EQ(0U, configuration_.memory->mismatches());
    return placement ? cluster.node_name(placement->node) : "nowhere";
  }

  /// Nodes asked since the last call.
  std::uint64_t asked() {
    return configuration_.memory->rescored() - std::exchange(before_, configuration_.memory->rescored());
  }

  State state_{Ownership{}};
  Configuration configuration_;
  FitSummary why_;
  std::uint64_t before_ = 0;
};

TEST_F(AlikeNodes, OneIsAskedForAll) {
  apply("node n{10..59} cpu=4\nnode n60 cpu=8\npod p cpu=1");
  EXPECT_EQ("n60", place("p"));
  EXPECT_EQ(2U, asked());
}

TEST_F(AlikeNodes, OfEqualsTheFirstIsTaken) {
  apply("node n{10..59} cpu=4\npod p cpu=1");
  EXPECT_EQ("n10", place("p"));
}

TEST_F(AlikeNodes, ATaintIsTheNodesOwn) {
  apply("node n{10..14} cpu=4 taint:a=b:NoSchedule\nnode n{15..59} cpu=4\npod p cpu=1");
  EXPECT_EQ("n15", place("p"));
  EXPECT_EQ(1U, asked());
}

TEST_F(AlikeNodes, AllSayWhyTheyRefuse) {
  apply("node n{10..39} cpu=4\nnode n{40..59} cpu=4 taint:a=b:NoSchedule\nnode n{60..89} cpu=8 taint:a=b:NoSchedule");
  apply("pod p cpu=6");
  EXPECT_EQ("nowhere", place("p"));
  std::map<std::string, std::uint32_t> said;
  for (const auto& [reason, nodes] : why_.counts()) said[format(reason, state_.cluster().symbols())] += nodes;
  EXPECT_EQ((std::map<std::string, std::uint32_t>{{"Insufficient cpu", 50}, {"node(s) had a taint", 30}}), said);
}

TEST_F(AlikeNodes, ThoseThatChangedAreAskedByClassesAgain) {
  apply("node n{10..59} cpu=4\npod p cpu=1");
  EXPECT_EQ("n10", place("p"));
  asked();
  for (int node = 10; node < 30; ++node) {
    apply("pod on-" + std::to_string(node) + " cpu=" + std::to_string(1 + node % 2) + " on=n" + std::to_string(node) +
          " status=running");
  }
  EXPECT_EQ("n30", place("p"));
  EXPECT_EQ(2U, asked());
}

class NodesWhoseLabelsCount : public AlikeNodes {
 protected:
  NodesWhoseLabelsCount() : AlikeNodes(true) {}
};

TEST_F(NodesWhoseLabelsCount, AreAskedOneByOne) {
  apply("node n{10..59} cpu=4\npod p cpu=1");
  EXPECT_EQ("n10", place("p"));
  EXPECT_EQ(50U, asked());
}

}  // namespace
}  // namespace basalt
