#include "plugins/binpack/binpack.hpp"

#include <gtest/gtest.h>

#include "plugins/binpack/binpack_score.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

/// Volcano's test tables: n1 has 2 cpu, 4Gi and holds a pod of 1 cpu, 1Gi; n2 has 4 cpu, 16Gi, 4 gpu;
/// n3 has 2 cpu, 4Gi of which 1.5 cpu are taken.
class BinpackTable : public testing::Test {
 protected:
  BinpackTable() {
    world.running(JobId{}, "there", {{"cpu", 1000}, {"memory", kGi}}, n1);
    world.running(JobId{}, "there-too", {{"cpu", 1500}}, n3);
  }
  std::vector<Score> scores(const Arguments& arguments, const NamedAmounts& request) {
    const TaskId task = world.task(JobId{}, "asks", request);
    Configured plugin(binpack(), arguments);
    EXPECT_EQ("", text_of(plugin.findings));
    Session session(world.cluster, plugin.configuration, {});
    return session.scores(task, std::array{n1, n2, n3});
  }
  World world;
  NodeId n1 = world.node("n1", {{"cpu", 2000}, {"memory", 4 * kGi}});
  NodeId n2 = world.node("n2", {{"cpu", 4000}, {"memory", 16 * kGi}, {"nvidia.com/gpu", 4000}});
  NodeId n3 = world.node("n3", {{"cpu", 2000}, {"memory", 4 * kGi}});
  const Arguments heavy = {{"binpack.weight", 10},
                           {"binpack.cpu", 2},
                           {"binpack.memory", 3},
                           {"binpack.resources", "nvidia.com/gpu, example.com/foo"},
                           {"binpack.resources.nvidia.com/gpu", 7},
                           {"binpack.resources.example.com/foo", 8}};
  const Arguments gpu_first = {{"binpack.resources", "nvidia.com/gpu"}, {"binpack.resources.nvidia.com/gpu", 23}};
};

TEST_F(BinpackTable, PrefersTheFullerNodeAndGivesNothingWhereItDoesNotFit) {
  // n1: (2*2/2 + 3*2/4) / 5; n2: (2*1/4 + 3*1/16) / 5; n3 lacks cpu.
  EXPECT_EQ((std::vector<Score>{700'000'000, 137'500'000, 0}), scores(heavy, {{"cpu", 1000}, {"memory", kGi}}));
}

TEST_F(BinpackTable, LooksAtRequestedKindsOnly) {
  EXPECT_EQ(375'000'000, scores(heavy, {{"cpu", 1500}})[1]);  // 2*1.5/4 / 2
}

TEST_F(BinpackTable, WeighsEveryListedKind) {
  // (2*2/4 + 3*10/16 + 7*2/4) / 12 * 1000 = 531.25
  EXPECT_EQ(531'250'000, scores(heavy, {{"cpu", 2000}, {"memory", 10 * kGi}, {"nvidia.com/gpu", 2000}})[1]);
}

TEST_F(BinpackTable, CountsTheWeightOfAKindThatTheNodeDoesNotHave) {
  // (2*3/4 + 3*4/16 + 0) / (2+3+8) * 1000 = 173.0769..., rounded down.
  EXPECT_EQ(173'076'923, scores(heavy, {{"cpu", 3000}, {"memory", 4 * kGi}, {"example.com/foo", 3000}})[1]);
}

TEST_F(BinpackTable, HasWeightOneForWhatIsNotConfigured) {
  EXPECT_EQ((std::vector<Score>{75'000'000, 15'625'000, 0}), scores(gpu_first, {{"cpu", 1000}, {"memory", kGi}}));
  EXPECT_EQ(50'500'000, scores(gpu_first, {{"cpu", 2000}, {"memory", 10 * kGi}, {"nvidia.com/gpu", 2000}})[1]);
  EXPECT_EQ(50'000'000, scores(gpu_first, {{"cpu", 3000}, {"memory", 4 * kGi}, {"example.com/foo", 3000}})[1]);
}

TEST_F(BinpackTable, DoesNotCountReservationsAsUse) {
  const TaskId reserved = world.task(JobId{}, "reserved", {{"cpu", 1000}});
  world.cluster.move(reserved, TaskStatus::pipelined, n2);
  EXPECT_EQ(25'000'000, scores({}, {{"cpu", 1000}})[1]);
}

TEST_F(BinpackTable, SwitchesOffWithWeightZeroAndTurnsRoundWithANegativeOne) {
  EXPECT_EQ((std::vector<Score>{0, 0, 0}), scores({{"binpack.weight", 0}}, {{"cpu", 1000}}));
  EXPECT_EQ(-50'000'000, scores({{"binpack.weight", -2}}, {{"cpu", 1000}})[1]);
}

TEST(Binpack, AppliesOnlyToSpecsThatAskForAWeighedKind) {
  World world;
  const BinpackTerm term(world.cluster, 1, {{kCpu, 1}, {kMemory, 0}});
  Spec spec;
  spec.request.set(kPods, 1);
  EXPECT_FALSE(term.applies(spec));
  spec.request.set(kMemory, 5);
  EXPECT_FALSE(term.applies(spec));
  spec.request.set(kCpu, 5);
  EXPECT_TRUE(term.applies(spec));
}

TEST(Binpack, SaysWhatIsOddAboutItsArguments) {
  EXPECT_EQ(
      "note: binpack: 'binpack.cpu' is negative: 1 is used\n"
      "without effect: binpack: argument 'binpack.resources.b' has no effect: "
      "the resource is not listed in 'binpack.resources'\n"
      "unknown: binpack: unknown argument 'binpack.wieght'\n",
      text_of(Configured(
                  binpack(),
                  {{"binpack.cpu", -3}, {"binpack.resources", "a"}, {"binpack.resources.b", 2}, {"binpack.wieght", 2}})
                  .findings));
}

}  // namespace
}  // namespace basalt
