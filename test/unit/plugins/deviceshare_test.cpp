#include "plugins/deviceshare/deviceshare.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "plugins/devices/device_assignment.hpp"
#include "plugins/devices/device_use.hpp"
#include "state/state.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string findings_of(const Arguments& arguments) { return text_of(Configured(deviceshare(), arguments).findings); }

TEST(DeviceshareArguments, AllowOneKindOfSharing) {
  EXPECT_EQ("", findings_of({{"deviceshare.VGPUEnable", true}, {"deviceshare.SchedulePolicy", "spread"}}));
  EXPECT_EQ(
      "wrong: deviceshare: expected at most one of 'deviceshare.GPUSharingEnable', 'deviceshare.GPUNumberEnable' and "
      "'deviceshare.VGPUEnable' to be true\n",
      findings_of({{"deviceshare.VGPUEnable", true}, {"deviceshare.GPUSharingEnable", true}}));
}

TEST(DeviceshareArguments, AreRefusedWhereTheyCannotBeHonoured) {
  EXPECT_EQ("wrong: deviceshare: 'deviceshare.SchedulePolicy': expected binpack or spread, got 'pack'\n",
            findings_of({{"deviceshare.SchedulePolicy", "pack"}}));
  EXPECT_EQ("wrong: deviceshare: 'deviceshare.ScheduleWeight' is -1: expected 0 to 1000000\n",
            findings_of({{"deviceshare.ScheduleWeight", -1}}));
  EXPECT_EQ("wrong: deviceshare: 'deviceshare.AscendHAMiVNPUEnable' is not supported\n",
            findings_of({{"deviceshare.AscendHAMiVNPUEnable", true}}));
  EXPECT_EQ(
      "without effect: deviceshare: argument 'deviceshare.NodeLockEnable' has no effect: there is no lock of nodes\n",
      findings_of({{"deviceshare.NodeLockEnable", true}}));
}

/// State, gang, predicates, deviceshare and allocate.
class Sharing {
 public:
  explicit Sharing(const Arguments& arguments, const std::string& actions = "allocate") : state(Ownership{}) {
    Findings findings;
    Tier& tier = configuration.tiers.emplace_back();
    for (const PluginType& type : builtin_plugins()) {
      const bool is_it = type.name == "deviceshare";
      if (!is_it && type.name != "gang" && type.name != "predicates") continue;
      tier.plugins.push_back({type.name, type.configure(is_it ? arguments : Arguments{}, findings), {}});
    }
    for (const ActionType& type : builtin_actions()) {
      if (actions.find(type.name) == std::string::npos) continue;
      configuration.actions.push_back({type.name, type.configure({}, findings)});
    }
    EXPECT_EQ("", text_of(findings));
    configuration.attach(state.cluster());
    apply("queue default");
  }
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state.apply(delta);
  }
  /// Binds as "pod node VALUE", the value of an annotation; what was decided is assumed.
  std::vector<std::string> cycle(std::string_view key = "volcano.sh/vgpu-ids-new") {
    Session session(state.cluster(), configuration, Moment{WallTime(std::chrono::seconds(7)), ++cycles});
    for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
    decisions = std::move(session).close();
    std::vector<std::string> binds;
    for (const Decision& decision : decisions) {
      const auto* bind = std::get_if<Bind>(&decision);
      if (bind == nullptr) continue;
      const std::string* value = find_value(bind->annotations, key);
      binds.push_back(state.cluster().tasks()[bind->task].name + " " + state.cluster().node_name(bind->node) + " " +
                      (value == nullptr ? "-" : *value));
    }
    state.assume(decisions);
    return binds;
  }

  State state;
  Configuration configuration;  // after the state: its plugins have columns in the tables
  Decisions decisions;
  std::uint64_t cycles = 0;
};

const Arguments kBinpack = {{"deviceshare.VGPUEnable", true}, {"deviceshare.SchedulePolicy", "binpack"}};

/// A node with two GPUs of 1000 MiB, ten users each.
std::string node(const std::string& name) {
  return "node " + name + " cpu=64 volcano.sh/vgpu-number=20 volcano.sh/vgpu-memory=2000 volcano.sh/vgpu-cores=200 " +
         "annotation:volcano.sh/node-vgpu-register=" + name + "-0,10,1000,NVIDIA-T4,true,hami-core:" + name +
         "-1,10,1000,NVIDIA-T4,true,hami-core:";
}

TEST(Deviceshare, WritesWhatVolcanosDevicePluginReads) {
  Sharing world(kBinpack);
  world.apply(node("n1") +
              "\npod a cpu=1 volcano.sh/vgpu-number=2 volcano.sh/vgpu-memory=300 volcano.sh/vgpu-cores=20");
  world.cycle();
  const auto found = std::find_if(world.decisions.begin(), world.decisions.end(),
                                  [](const Decision& decision) { return std::holds_alternative<Bind>(decision); });
  ASSERT_NE(world.decisions.end(), found);
  const auto* bind = std::get_if<Bind>(&*found);
  const std::string shares = "n1-0,NVIDIA,300,20:n1-1,NVIDIA,300,20:";
  EXPECT_EQ((StringPairs{{"volcano.sh/bind-phase", "allocating"},
                         {"volcano.sh/bind-time", "7"},
                         {"volcano.sh/devices-to-allocate", shares},
                         {"volcano.sh/vgpu-ids-new", shares},
                         {"volcano.sh/vgpu-node", "n1"},
                         {"volcano.sh/vgpu-time", "7"}}),
            bind->annotations);
}

TEST(Deviceshare, CountsWhatIsTakenWithinACycleAndInLaterOnes) {
  Sharing world(kBinpack);
  world.apply(node("n1") + "\npod a volcano.sh/vgpu-memory=600\npod b volcano.sh/vgpu-memory=600");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 n1-0,NVIDIA,600,0:", "b n1 n1-1,NVIDIA,600,0:"));
  world.apply("pod c volcano.sh/vgpu-memory=600\npod d volcano.sh/vgpu-memory=400");
  EXPECT_THAT(world.cycle(), ElementsAre("d n1 n1-0,NVIDIA,400,0:"));
}

TEST(Deviceshare, GivesBackWhatAGangThatDoesNotFitHadTried) {
  Sharing world(kBinpack);
  world.apply(node("n1") + "\njob gang min=3\ntask gang-{0..2} volcano.sh/vgpu-memory=600");
  EXPECT_THAT(world.cycle(), IsEmpty());
  world.apply("pod whole volcano.sh/vgpu-number=2");
  EXPECT_THAT(world.cycle(), ElementsAre("whole n1 n1-0,NVIDIA,1000,0:n1-1,NVIDIA,1000,0:"));
}

TEST(Deviceshare, KnowsAfterARestartWhatPodsHold) {
  Sharing world(kBinpack);
  world.apply(node("n1") +
              "\npod a volcano.sh/vgpu-memory=600 on=n1 status=running "
              "annotation:volcano.sh/vgpu-ids-new=n1-1,NVIDIA,600,0:\npod b volcano.sh/vgpu-memory=500");
  EXPECT_THAT(world.cycle(), ElementsAre("b n1 n1-0,NVIDIA,500,0:"));
}

TEST(Deviceshare, CountsWhatABindThatWasRefutedTookNoLonger) {
  Sharing world(kBinpack);
  world.apply(node("n1") + "\npod a volcano.sh/vgpu-number=2 uid=u");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 n1-0,NVIDIA,1000,0:n1-1,NVIDIA,1000,0:"));
  BindResult refuted;
  refuted.namespace_name = "default";
  refuted.name = "a";
  refuted.uid = "u";
  refuted.outcome = BindResult::Outcome::refuted;
  world.state.apply(refuted);
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 n1-0,NVIDIA,1000,0:n1-1,NVIDIA,1000,0:"));
}

TEST(Deviceshare, PacksNodesOrSpreadsOverThem) {
  const std::string cluster = node("n1") + "\n" + node("n2") +
                              "\npod there volcano.sh/vgpu-memory=100 on=n2 status=running "
                              "annotation:volcano.sh/vgpu-ids-new=n2-0,NVIDIA,100,0:\npod a volcano.sh/vgpu-memory=200";
  Sharing packing(kBinpack);
  packing.apply(cluster);
  EXPECT_THAT(packing.cycle(), ElementsAre("a n2 n2-0,NVIDIA,200,0:"));
  Sharing spreading({{"deviceshare.VGPUEnable", true}, {"deviceshare.SchedulePolicy", "spread"}});
  spreading.apply(cluster + "\npod b volcano.sh/vgpu-number=2 volcano.sh/vgpu-memory=1");
  EXPECT_THAT(spreading.cycle(), ElementsAre("a n1 n1-0,NVIDIA,200,0:", "b n1 n1-1,NVIDIA,1,0:n1-0,NVIDIA,1,0:"));
}

TEST(Deviceshare, HandsOutCardMemoryUnderTheOlderContract) {
  Sharing world({{"deviceshare.GPUSharingEnable", true}});
  world.apply(
      "node n1 cpu=8 volcano.sh/gpu-number=3 volcano.sh/gpu-memory=3000 annotation:volcano.sh/gpu-unhealthy-ids=0\n"
      "pod a volcano.sh/gpu-memory=700\npod b volcano.sh/gpu-memory=700\npod c volcano.sh/gpu-memory=300\n"
      "pod d volcano.sh/gpu-memory=700");
  EXPECT_THAT(world.cycle("volcano.sh/gpu-index"), ElementsAre("a n1 1", "b n1 2", "c n1 1"));
}

TEST(Deviceshare, HandsOutWholeCardsUnderTheOtherOne) {
  Sharing world({{"deviceshare.GPUNumberEnable", true}});
  world.apply(
      "node n1 cpu=8 volcano.sh/gpu-number=4 annotation:volcano.sh/gpu-unhealthy-ids=0\n"
      "pod a volcano.sh/gpu-number=2\npod b volcano.sh/gpu-number=2\npod c volcano.sh/gpu-number=1");
  EXPECT_THAT(world.cycle("volcano.sh/gpu-index"), ElementsAre("a n1 1,2", "c n1 3"));
}

TEST(Deviceshare, LeavesPodsAloneWhileNoKindOfSharingIsSwitchedOn) {
  Sharing world({});
  world.apply(node("n1") + "\npod a volcano.sh/vgpu-memory=600");
  EXPECT_THAT(world.cycle(), ElementsAre("a n1 -"));
}

/// Adds up, from annotations alone, what pods on nodes hold of each GPU; "" or what is wrong.
std::string over_committed(const Cluster& cluster) {
  std::map<std::string, DeviceLoad> held;
  std::string wrong;
  cluster.tasks().for_each([&](TaskId task, const Task& row) {
    const std::string* shares = find_value(row.assigned, "volcano.sh/vgpu-ids-new");
    if (!cluster.node_of(task) || cluster.status(task) == TaskStatus::pipelined || shares == nullptr) return;
    for (const auto& container : parse_assignment(*shares)) {
      for (const DeviceShare& share : container) {
        if (!share.uuid.starts_with(cluster.node_name(cluster.node_of(task)) + "-")) wrong += row.name + " elsewhere ";
        held[share.uuid] += {share.memory, static_cast<std::int32_t>(share.cores), 1};
      }
    }
  });
  for (const auto& [uuid, load] : held) {
    if (load.memory > 1000 || load.cores > 100 || load.users > 10) wrong += uuid + " ";
  }
  return wrong;
}

TEST(Deviceshare, NeverOverCommitsAGpuWhateverComesAndGoes) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    Sharing world(seed % 2 == 0 ? kBinpack : Arguments{{"deviceshare.VGPUEnable", true}}, "allocate preempt");
    DeviceUse live;
    live.attach(world.state.cluster());
    world.apply(node("n1") + "\n" + node("n2"));
    for (int step = 0; step < 25; ++step) {
      const std::string name = "p" + std::to_string(step);
      const std::string ask = " volcano.sh/vgpu-number=" + std::to_string(1 + pick(2)) +
                              (pick(3) > 0 ? " volcano.sh/vgpu-memory=" + std::to_string(100 + 100 * pick(9)) : "") +
                              (pick(2) > 0 ? " volcano.sh/vgpu-cores=" + std::to_string(10 * pick(11)) : "") +
                              " priority=" + std::to_string(pick(3));
      if (pick(3) == 0) {
        world.apply("job " + name + " min=2\ntask " + name + "-{0..2}" + ask);
      } else {
        world.apply("pod " + name + ask);
      }
      if (step > 4 && pick(2) == 0) world.apply("gone pod p" + std::to_string(pick(step)));
      world.cycle();
      ASSERT_EQ("", over_committed(world.state.cluster())) << "seed " << seed << ", step " << step;
      DeviceUse anew;
      anew.attach(world.state.cluster());
      for (const NodeId at : world.state.cluster().nodes_in_order()) {
        ASSERT_EQ(anew.held(at), live.held(at)) << "seed " << seed << ", step " << step;
        ASSERT_EQ(anew.leaving(at), live.leaving(at)) << "seed " << seed << ", step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace basalt
