// A plugin that chooses devices on the node a task is placed on.

#include <gmock/gmock.h>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kSlot = "basalt.sh/assigned-slot";
constexpr std::uint32_t kSlots = 2;

/// Which slots of a node are taken, one bit each.
class SlotColumn final : public PlacementKeeper {
 public:
  SlotColumn() = default;
  SlotColumn(const SlotColumn&) = delete;
  SlotColumn& operator=(const SlotColumn&) = delete;
  ~SlotColumn() override {
    if (cluster_ == nullptr) return;
    cluster_->detach(*this);
    cluster_->remove_node_column(*taken_);
  }
  void attach(Cluster& cluster) {
    cluster_ = &cluster;
    taken_ = &cluster.add_node_column<std::uint32_t>();
    cluster.attach(*this);
  }
  void placed(const Cluster& cluster, TaskId task, NodeId node) override {
    if (const auto slot = slot_of(cluster, task)) taken_->edit(node) |= 1U << *slot;
  }
  void removed(const Cluster& cluster, TaskId task, NodeId node) override {
    if (const auto slot = slot_of(cluster, task)) taken_->edit(node) &= ~(1U << *slot);
  }
  [[nodiscard]] std::optional<std::uint32_t> take(NodeId node) {
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      if (((*taken_)[node] >> slot & 1U) != 0) continue;
      taken_->edit(node) |= 1U << slot;
      return slot;
    }
    return std::nullopt;
  }

 private:
  static std::optional<std::uint32_t> slot_of(const Cluster& cluster, TaskId task) {
    const std::string* slot = find_value(cluster.tasks()[task].assigned, kSlot);
    return slot == nullptr ? std::nullopt : std::optional(static_cast<std::uint32_t>(std::stoul(*slot)));
  }

  Cluster* cluster_ = nullptr;
  Column<NodeTag, std::uint32_t>* taken_ = nullptr;
};

/// Gives every task one slot of its node. Has no filter, so that `reserve` has to refuse.
class Slots final : public NodeReserve {
 public:
  using Args = NoArguments;
  using Memory = SlotColumn;
  Slots(const Args&, Memory& memory, const Session&) : column_(memory) {}
  Fit reserve(TaskId, NodeId node, StringPairs& annotations) override {
    const auto slot = column_.take(node);
    if (!slot) return Fit::no({"no slot left", {}});
    annotations.emplace_back(kSlot, std::to_string(*slot));
    return Fit::yes();
  }

 private:
  SlotColumn& column_;
};

class NodeReserveTest : public ::testing::Test {
 protected:
  /// A state with the plugin, and gang and allocate.
  struct World {
    World() : state(Ownership{}) {
      Findings findings;
      Tier& tier = configuration.tiers.emplace_back();
      tier.plugins.push_back({"slots", plugin_type<Slots>("slots").configure({}, findings), {}});
      for (const PluginType& type : builtin_plugins()) {
        if (type.name == "gang") tier.plugins.push_back({"gang", type.configure({}, findings), {}});
      }
      for (const ActionType& type : builtin_actions()) {
        if (type.name == "allocate") configuration.actions.push_back({"allocate", type.configure({}, findings)});
      }
      configuration.attach(state.cluster());
      apply("queue default");
    }
    void apply(const std::string& text) {
      const auto deltas = parse_cluster_text(text);
      ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
      for (const Delta& delta : *deltas) state.apply(delta);
    }
    /// Binds as "pod node slot"; what was decided is assumed.
    std::vector<std::string> cycle() {
      Session session(state.cluster(), configuration, Moment{WallTime{}, ++cycles});
      for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
      const Decisions decisions = std::move(session).close();
      std::vector<std::string> binds;
      for (const Decision& decision : decisions) {
        const auto* bind = std::get_if<Bind>(&decision);
        if (bind == nullptr) continue;
        const std::string* slot = find_value(bind->annotations, kSlot);
        binds.push_back(state.cluster().tasks()[bind->task].name + " " + state.cluster().node_name(bind->node) + " " +
                        (slot == nullptr ? "-" : *slot));
      }
      state.assume(decisions);
      return binds;
    }

    State state;
    Configuration configuration;  // after the state: its plugins have columns in the tables
    std::uint64_t cycles = 0;
  };
};

TEST_F(NodeReserveTest, WhatWasChosenGoesWithTheBind) {
  World world;
  world.apply("node n1 cpu=9\npod a cpu=1\npod b cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0", "b n1 1"));
}

TEST_F(NodeReserveTest, ANodeThatRefusesIsPassedOver) {
  World world;
  world.apply("node n1 cpu=9\nnode n2 cpu=9\npod a cpu=1\npod b cpu=1\npod c cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0", "b n1 1", "c n2 0"));
}

TEST_F(NodeReserveTest, AGangThatDoesNotGetAllItNeedsHoldsNothing) {
  World world;
  world.apply("node n1 cpu=9\njob gang min=3\ntask gang-{0..2} cpu=1");
  EXPECT_THAT(world.cycle(), IsEmpty());
  world.apply("pod single cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("single n1 0"));
}

TEST_F(NodeReserveTest, LaterCyclesKnowWhatIsTaken) {
  World world;
  world.apply("node n1 cpu=9\npod a cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0"));
  world.apply("pod b cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("b n1 1"));
  world.apply("pod a cpu=1 on=n1 status=succeeded annotation:basalt.sh/assigned-slot=0");
  world.apply("pod c cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("c n1 0"));
}

TEST_F(NodeReserveTest, ARefutedBindGivesBackWhatItTook) {
  World world;
  world.apply("node n1 cpu=9\npod a cpu=1 uid=u");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0"));
  BindResult refuted;
  refuted.namespace_name = "default";
  refuted.name = "a";
  refuted.uid = "u";
  refuted.outcome = BindResult::Outcome::refuted;
  world.state.apply(refuted);
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0"));
}

TEST_F(NodeReserveTest, AnObjectThatIsOlderThanTheBindDoesNotFreeASlot) {
  World world;
  world.apply("node n1 cpu=9\npod a cpu=1 uid=u");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 0"));
  world.apply("pod a cpu=1 uid=u label:seen=late");
  world.apply("pod b cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("b n1 1"));
}

TEST_F(NodeReserveTest, AfterARestartThePodsSayWhatIsTaken) {
  World world;
  world.apply("node n1 cpu=9\npod a cpu=1 on=n1 status=running annotation:basalt.sh/assigned-slot=0");
  world.apply("pod b cpu=1");
  EXPECT_THAT(world.cycle(), ElementsAre("b n1 1"));
}

}  // namespace
}  // namespace basalt
