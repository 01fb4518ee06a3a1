#include <gtest/gtest.h>

#include <random>

#include "plugins/devices/device_assignment.hpp"
#include "plugins/devices/device_choice.hpp"
#include "plugins/devices/device_inventory.hpp"
#include "plugins/devices/device_use.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kMilli = 1000;

// --- inventories ---

TEST(DeviceRegister, ListsWhatTheDevicePluginSays) {
  const auto inventory =
      parse_device_register("GPU-1,10,32768,NVIDIA-V100,true,hami-core:GPU-2,4,16384,NVIDIA-T4,false,mps:");
  ASSERT_TRUE(inventory.has_value());
  EXPECT_EQ((std::vector<Device>{{"GPU-1", 10, 32768, "NVIDIA-V100", true}, {"GPU-2", 4, 16384, "NVIDIA-T4", false}}),
            inventory->devices);
  EXPECT_EQ("mps", inventory->mode);
}

TEST(DeviceRegister, SaysWhatIsWrongWithAList) {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"GPU-1,10,32768:", "expected UUID,count,memory,type,health,mode, got 'GPU-1,10,32768'"},
           {"GPU-1,ten,32768,T4,true,:", "expected a count from 0 to 1000000, got 'ten'"},
           {"GPU-1,1,-5,T4,true,:", "expected memory in MiB, got '-5'"},
           {"GPU-1,1,5,T4,true,:GPU-1,1,5,T4,true,:", "expected each UUID once, got 'GPU-1'"},
       }) {
    const auto inventory = parse_device_register(text);
    ASSERT_FALSE(inventory.has_value()) << text;
    EXPECT_EQ("volcano.sh/node-vgpu-register: " + message, inventory.error().message);
  }
}

TEST(DeviceRegister, OfMoreGpusThanAreCountedTheFirstCount) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "G" + std::to_string(i) + ",1,100,NVIDIA,true,:";
  EXPECT_EQ(kMostDevices, parse_device_register(text)->devices.size());
}

// --- assignments ---

TEST(DeviceAssignments, AreWrittenAsVolcanosDevicePluginReadsThem) {
  const DeviceAssignment assignment = {{{"GPU-1", "NVIDIA", 3000, 50}, {"GPU-2", "NVIDIA", 3000, 50}},
                                       {{"GPU-1", "NVIDIA", 1000, 0}}};
  const std::string text = "GPU-1,NVIDIA,3000,50:GPU-2,NVIDIA,3000,50:;GPU-1,NVIDIA,1000,0:";
  EXPECT_EQ(text, print_assignment(assignment));
  EXPECT_EQ(assignment, parse_assignment(text));
}

TEST(DeviceAssignments, OfOthersMayHoldAnything) {
  EXPECT_EQ(DeviceAssignment{}, parse_assignment(""));
  EXPECT_EQ((DeviceAssignment{{{"G", "NVIDIA", 5, 0}}}), parse_assignment("nonsense:G,NVIDIA,5,0::,,,:G,NVIDIA,x,0:"));
}

// --- choice ---

class ChoiceOfShares : public testing::Test {
 protected:
  static Device gpu(std::string uuid) { return {std::move(uuid), 4, 10'000, "NVIDIA-Tesla T4", true}; }
  /// "container:gpu/memory" of each, or the reason.
  std::string choose(std::vector<DeviceRequest> requests, StringPairs wishes = {},
                     DeviceOrder order = DeviceOrder::binpack) const {
    Spec spec;
    spec.device_requests = std::move(requests);
    spec.device_wishes = std::move(wishes);
    const DeviceChoice choice = choose_shares(spec, inventory, loads, order);
    if (!choice.fit)
      return std::string(choice.fit.verdict == Fit::Verdict::unresolvable ? "never " : "not now ") +
             std::string(choice.fit.reason.text);
    std::string text;
    for (const ChosenDevice& chosen : choice.chosen) {
      text += (text.empty() ? "" : " ") + std::to_string(chosen.container) + ":" + std::to_string(chosen.device) + "/" +
              std::to_string(chosen.load.memory);
    }
    return text;
  }
  static constexpr const char* kNoRoom = "not now node(s) had no GPU with enough memory or cores left";
  static constexpr const char* kTooFew = "never node(s) had too few GPUs of the kind asked for";

  DeviceInventory inventory{{gpu("a"), gpu("b"), gpu("c")}, "hami-core", true, ""};
  DeviceLoads loads{};
};

TEST_F(ChoiceOfShares, FollowsTheOrderOfThePolicy) {
  loads[1] = {6000, 0, 1};
  loads[2] = {2000, 0, 3};
  EXPECT_EQ("0:1/1000", choose({{1, 1000, 0, 0}}, {}, DeviceOrder::binpack));
  EXPECT_EQ("0:0/1000", choose({{1, 1000, 0, 0}}, {}, DeviceOrder::spread));
  EXPECT_EQ("0:2/1000", choose({{1, 1000, 0, 0}}, {}, DeviceOrder::last_first));
}

TEST_F(ChoiceOfShares, NeverExceedsMemoryCoresOrUsers) {
  loads[0] = {9001, 0, 1};
  loads[1] = {0, 60, 1};
  loads[2] = {0, 0, 4};
  EXPECT_EQ(kNoRoom, choose({{1, 1000, 0, 50}}));
  loads[1].cores = 50;
  EXPECT_EQ("0:1/1000", choose({{1, 1000, 0, 50}}));
}

TEST_F(ChoiceOfShares, GivesEachContainerDifferentGpusAndLetsContainersShareOne) {
  EXPECT_EQ("0:0/6000 0:1/6000 1:0/4000", choose({{2, 6000, 0, 0}, {1, 4000, 0, 0}}));
  EXPECT_EQ(kTooFew, choose({{4, 1, 0, 0}}));
}

TEST_F(ChoiceOfShares, CountsWhatEarlierContainersOfThePodGet) {
  EXPECT_EQ("0:0/10000 0:1/10000 1:2/10000", choose({{2, 10'000, 0, 0}, {1, 10'000, 0, 0}}));
  EXPECT_EQ(kNoRoom, choose({{2, 10'000, 0, 0}, {2, 10'000, 0, 0}}));
}

TEST_F(ChoiceOfShares, TakesAPercentageOfTheMemoryOfEachGpu) {
  inventory.devices[1].memory = 4000;
  EXPECT_EQ("0:0/2500 0:1/1000 0:2/2500", choose({{3, 0, 25, 0}}));
  EXPECT_EQ("0:0/10000 0:1/4000", choose({{2, 0, 100, 0}}));
}

TEST_F(ChoiceOfShares, GivesAllCoresOnlyOfAGpuThatNobodyUses) {
  loads[0] = {1, 0, 1};
  EXPECT_EQ("0:1/1000", choose({{1, 1000, 0, 100}}));
  loads[0] = {1, 100, 1};
  EXPECT_EQ("0:1/1000", choose({{1, 1000, 0, 0}}));  // not beside somebody who has all cores
}

TEST_F(ChoiceOfShares, LeavesUnhealthyGpusAlone) {
  inventory.devices[0].healthy = false;
  EXPECT_EQ("0:1/1000", choose({{1, 1000, 0, 0}}));
  EXPECT_EQ(kTooFew, choose({{3, 1000, 0, 0}}));
}

TEST_F(ChoiceOfShares, KeepsToTypesAndUuidsThatThePodNames) {
  inventory.devices[1].type = "NVIDIA-A100";
  EXPECT_EQ("0:1/1", choose({{1, 1, 0, 0}}, {{"nvidia.com/use-gputype", "v100,a100"}}));
  EXPECT_EQ("0:1/1", choose({{1, 1, 0, 0}}, {{"nvidia.com/nouse-gputype", "t4"}}));
  EXPECT_EQ("0:2/1", choose({{1, 1, 0, 0}}, {{"volcano.sh/vgpu-use-gpuuuid", "x,c"}}));
  EXPECT_EQ("0:2/1", choose({{1, 1, 0, 0}}, {{"volcano.sh/vgpu-nouse-gpuuuid", "a,b"}}));
  EXPECT_EQ(kTooFew, choose({{1, 1, 0, 0}}, {{"nvidia.com/use-gputype", "H100"}}));
}

TEST_F(ChoiceOfShares, RefusesWhatANodeCannotOffer) {
  EXPECT_EQ("never node(s) shared their GPUs in another mode",
            choose({{1, 1, 0, 0}}, {{"volcano.sh/vgpu-mode", "mig"}}));
  inventory.mode = "mig";
  EXPECT_EQ("never unsupported: node(s) shared their GPUs in mode mig", choose({{1, 1, 0, 0}}));
  inventory.is_offered = false;
  EXPECT_EQ("never node(s) had no shared GPUs", choose({{1, 1, 0, 0}}));
  inventory.fault = "x";
  EXPECT_EQ("never node(s) had a list of GPUs that cannot be understood", choose({{1, 1, 0, 0}}));
}

TEST(ChoiceOfCards, TakesTheFirstWithEnoughMemory) {
  const DeviceInventory inventory{
      {{"0", 100, 8000, "", true}, {"1", 100, 8000, "", false}, {"2", 100, 8000, "", true}}, "", true, ""};
  DeviceLoads loads{};
  loads[0].memory = 5000;
  EXPECT_EQ(0U, choose_card_with(3000, inventory, loads).chosen.at(0).device);
  EXPECT_EQ(2U, choose_card_with(3001, inventory, loads).chosen.at(0).device);
  EXPECT_EQ(Fit::Verdict::unresolvable, choose_card_with(8001, inventory, loads).fit.verdict);
}

TEST(ChoiceOfCards, TakesWholeCardsThatNobodyUses) {
  const DeviceInventory inventory{
      {{"0", 100, 1, "", true}, {"1", 100, 1, "", false}, {"2", 100, 1, "", true}}, "", true, ""};
  DeviceLoads loads{};
  EXPECT_EQ(2U, choose_free_cards(2, inventory, loads).chosen.size());
  EXPECT_EQ(Fit::Verdict::unresolvable, choose_free_cards(3, inventory, loads).fit.verdict);
  loads[0].users = 1;
  EXPECT_EQ(2U, choose_free_cards(1, inventory, loads).chosen.at(0).device);
  EXPECT_EQ(Fit::Verdict::unschedulable, choose_free_cards(2, inventory, loads).fit.verdict);
}

// --- use ---

class UseOfDevices : public testing::Test {
 protected:
  static Node with_gpus(const std::string& text) {
    Node row;
    row.devices = {{"volcano.sh/node-vgpu-register", text}};
    return row;
  }
  TaskId running(const std::string& name, const std::string& shares, NodeId on) {
    Task row;
    row.assigned = {{"volcano.sh/vgpu-ids-new", shares}};
    const TaskId task = world.task(JobId{}, name, {{"cpu", 1}}, {}, std::move(row));
    world.cluster.move(task, TaskStatus::running, on);
    return task;
  }
  World world;
  NodeId node = world.node("n1",
                           {{"cpu", 8000},
                            {"volcano.sh/vgpu-cores", 200 * kMilli},
                            {"volcano.sh/vgpu-memory", 200 * kMilli},
                            {"volcano.sh/vgpu-number", 20 * kMilli}},
                           with_gpus("a,10,100,NVIDIA,true,:b,10,100,NVIDIA,true,:"));
};

TEST_F(UseOfDevices, FollowsPodsAsTheyComeLeaveAndGo) {
  const TaskId before = running("before", "a,NVIDIA,10,5:;a,NVIDIA,20,0:b,NVIDIA,1,1:", node);
  DeviceUse use;
  use.attach(world.cluster);
  EXPECT_EQ((DeviceLoad{30, 5, 2}), use.held(node)[0]);
  EXPECT_EQ((DeviceLoad{1, 1, 1}), use.held(node)[1]);
  const TaskId after = running("after", "b,NVIDIA,7,0:", node);
  EXPECT_EQ((DeviceLoad{8, 1, 2}), use.held(node)[1]);
  world.cluster.move(before, TaskStatus::releasing, node);
  EXPECT_EQ((DeviceLoad{30, 5, 2}), use.held(node)[0]);
  EXPECT_EQ((DeviceLoad{30, 5, 2}), use.leaving(node)[0]);
  world.cluster.move(before, TaskStatus::succeeded, NodeId{});
  EXPECT_EQ(DeviceLoad{}, use.held(node)[0]);
  EXPECT_EQ(DeviceLoad{}, use.leaving(node)[0]);
  EXPECT_EQ((DeviceLoad{7, 0, 1}), use.held(node)[1]);
  world.cluster.move(after, TaskStatus::failed, NodeId{});
  EXPECT_EQ(DeviceLoad{}, use.held(node)[1]);
}

TEST_F(UseOfDevices, IsCountedAnewWhenTheNodeNumbersItsGpusOtherwise) {
  DeviceUse use;
  use.attach(world.cluster);
  running("a-user", "a,NVIDIA,10,5:", node);
  Node row = world.cluster.nodes()[node];
  row.devices = {{"volcano.sh/node-vgpu-register", "b,10,100,NVIDIA,true,:a,10,100,NVIDIA,true,:"}};
  world.cluster.replace_node(node, row);
  EXPECT_EQ(DeviceLoad{}, use.held(node)[0]);
  EXPECT_EQ((DeviceLoad{10, 5, 1}), use.held(node)[1]);
}

TEST_F(UseOfDevices, OutlivesADevicePluginThatRestarts) {
  DeviceUse use;
  use.attach(world.cluster);
  const TaskId task = running("a-user", "a,NVIDIA,10,5:", node);
  const Node row = world.cluster.nodes()[node];
  Node without = row;
  without.allocatable = world.resources({{"cpu", 8000}});
  world.cluster.replace_node(node, without);
  EXPECT_FALSE(use.inventory(node, DeviceContract::vgpu).is_offered);
  world.cluster.replace_node(node, row);
  EXPECT_TRUE(use.inventory(node, DeviceContract::vgpu).is_offered);
  EXPECT_EQ((DeviceLoad{10, 5, 1}), use.held(node)[0]);
  world.cluster.move(task, TaskStatus::failed, NodeId{});
  EXPECT_EQ(DeviceLoad{}, use.held(node)[0]);
}

TEST_F(UseOfDevices, IgnoresGpusThatTheNodeHasNot) {
  DeviceUse use;
  use.attach(world.cluster);
  running("lost", "gone,NVIDIA,10,5:", node);
  EXPECT_EQ(DeviceLoads{}, use.held(node));
}

TEST_F(UseOfDevices, IsRestoredByARollBack) {
  DeviceUse use;
  use.attach(world.cluster);
  const TaskId task = running("a-user", "a,NVIDIA,10,5:", node);
  const auto mark = world.cluster.open_undo();
  world.cluster.move(task, TaskStatus::releasing, node);
  world.cluster.tell_assigned(task, node, {{"volcano.sh/vgpu-ids-new", "b,NVIDIA,99,0:"}});
  EXPECT_EQ((DeviceLoad{99, 0, 1}), use.held(node)[1]);
  world.cluster.rollback(mark);
  world.cluster.close_undo();
  EXPECT_EQ((DeviceLoad{10, 5, 1}), use.held(node)[0]);
  EXPECT_EQ(DeviceLoads{}, use.leaving(node));
  EXPECT_EQ(DeviceLoad{}, use.held(node)[1]);
}

}  // namespace
}  // namespace basalt
