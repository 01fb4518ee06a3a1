#include "plugins/fragmentation/fragmentation.hpp"

#include <gtest/gtest.h>

#include "plugins/fragmentation/device_state.hpp"
#include "plugins/fragmentation/fragmentation_score.hpp"
#include "plugins/fragmentation/look_ahead.hpp"
#include "plugins/fragmentation/pod_shapes.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

DeviceState state(std::int64_t cpu, std::vector<std::int32_t> free) {
  DeviceState made;
  made.cpu = cpu * 1000;
  made.memory = kGi;
  made.gpus = free.size();
  std::copy(free.begin(), free.end(), made.free.begin());
  made.sort();
  return made;
}

GpuShape shape(std::int64_t cpu, std::int32_t count, std::int32_t parts) { return {cpu * 1000, 0, count, parts}; }

DeviceState after(DeviceState before, const GpuShape& taken) {
  before.take(taken);
  return before;
}

// --- states ---

TEST(GpuStates, AShareComesFromTheFullestGpuThatHasIt) {
  EXPECT_EQ(state(4, {1000, 100, 700}), after(state(8, {1000, 600, 700}), shape(4, 1, 500)));
  EXPECT_EQ(state(8, {1000, 0, 700}), after(state(8, {1000, 600, 700}), shape(0, 1, 600)));
}

TEST(GpuStates, WholeGpusComeFromTheLastThatAreFree) {
  EXPECT_EQ(state(0, {1000, 300, 0, 0}), after(state(8, {1000, 1000, 1000, 300}), shape(8, 2, 1000)));
}

TEST(GpuStates, FitWhatTheyHaveAndNoMore) {
  const DeviceState node = state(8, {1000, 600});
  EXPECT_TRUE(node.fits(shape(8, 1, 1000)));
  EXPECT_FALSE(node.fits(shape(9, 0, 0)));
  EXPECT_FALSE(node.fits(shape(1, 2, 1000)));
  EXPECT_FALSE(node.fits(shape(1, 3, 100)));
  EXPECT_TRUE(node.fits(shape(1, 2, 600)));
}

// --- shapes ---

TEST(PodShapes, AreReadAndPrinted) {
  const auto shapes = parse_shapes("30*cpu=8,memory=16Gi,gpu=0.5; cpu=500m,gpu=4\n 2*cpu=1");
  ASSERT_TRUE(shapes.has_value()) << shapes.error().message;
  EXPECT_EQ((ExpectedShapes{{{8000, 16 * kGi, 1, 500}, 30}, {{500, 0, 4, 1000}, 1}, {{1000, 0, 0, 0}, 2}}), *shapes);
  EXPECT_EQ(*shapes, *parse_shapes(print_shapes(*shapes)));
}

TEST(PodShapes, SayWhatIsWrong) {
  EXPECT_EQ("shape '0*gpu=1': expected a weight from 1 to 1000000 before the '*'",
            parse_shapes("0*gpu=1").error().message);
  const std::string expected =
      ": expected cpu=AMOUNT, memory=AMOUNT or gpu=NUMBER (a share of one, or 1 to 16), separated by commas";
  for (const std::string text : {"gpu=1.5", "gpu=17", "gpu=-1", "cpu", "tpu=1", "cpu=1,,gpu=1"}) {
    const auto shapes = parse_shapes(text);
    ASSERT_FALSE(shapes.has_value()) << text;
    EXPECT_EQ("shape '" + text + "'" + expected, shapes.error().message);
  }
}

// --- expected fragmentation: five pods in ten take half a GPU and 4 cpu, three a GPU and 8 cpu, two two GPUs and 16
// ---

class ExpectedFragmentation : public testing::Test {
 protected:
  const ExpectedShapes shapes = {{shape(4, 1, 500), 5}, {shape(8, 1, 1000), 3}, {shape(16, 2, 1000), 2}};
  std::int64_t of(const DeviceState& node) const { return expected_fragmentation(shapes, node); }
  static std::int64_t points(std::int64_t sinks_by) { return gradient_score(sinks_by, 10) / kPoint; }
};

TEST_F(ExpectedFragmentation, CountsWhatTheNextPodCouldNotUse) {
  EXPECT_EQ(0, of(state(32, {1000, 1000})));
  EXPECT_EQ(4500, of(state(28, {1000, 500})));    // 0.3 * 0.5 GPUs + 0.2 * 1.5 GPUs
  EXPECT_EQ(2000, of(state(28, {1000, 0})));      // 0.2 * 1 GPU
  EXPECT_EQ(5000, of(state(28, {500, 500})));     // 0.3 * 1 + 0.2 * 1
  EXPECT_EQ(20'000, of(state(3, {1000, 1000})));  // no cpu for anybody
  EXPECT_EQ(0, of(state(32, {0, 0})));
}

TEST_F(ExpectedFragmentation, MakesPointsOfWhatAPodChanges) {
  EXPECT_EQ(38, points(0 - 4500));     // half of one of two free GPUs
  EXPECT_EQ(56, points(4500 - 2000));  // the half that was left over
  EXPECT_EQ(48, points(4500 - 5000));  // half of the free one instead
  EXPECT_EQ(50, points(0));
  EXPECT_EQ(0, points(-1'000'000));
  EXPECT_EQ(99, points(1'000'000));
}

TEST_F(ExpectedFragmentation, PointsRiseWithWhatIsGained) {
  std::int64_t last = 0;
  for (std::int64_t sinks_by = -60'000; sinks_by <= 60'000; sinks_by += 100) {
    EXPECT_LE(last, points(sinks_by));
    last = points(sinks_by);
  }
}

// --- look-ahead ---

TEST(LookAheads, CountWhatIsIdleOnceNobodyElseFits) {
  LookAhead ahead({{shape(8, 1, 1000), 1}}, 3, 5);
  EXPECT_EQ(3 * 0, ahead.idle_in_the_end(state(16, {1000, 1000})));
  EXPECT_EQ(3 * 1000, ahead.idle_in_the_end(state(15, {1000, 1000})));
  EXPECT_EQ(3 * 500, ahead.idle_in_the_end(state(16, {1000, 500})));
}

TEST(LookAheads, SeeSoFarAsTheyAreDeep) {
  LookAhead ahead({{shape(1, 1, 1000), 1}}, 2, 3);
  EXPECT_EQ(2 * 5000, ahead.idle_in_the_end(state(64, std::vector<std::int32_t>(8, 1000))));
}

TEST(LookAheads, KnowThatCommonPodsTakeWhatRareOnesWouldNeed) {
  // One pod in a thousand could use what 16 cpu leave of the second GPU; the others take the cpu first.
  LookAhead ahead({{shape(16, 1, 500), 999}, {shape(1, 1, 1000), 1}}, 16, 40);
  EXPECT_EQ(16 * 1500, ahead.idle_in_the_end(state(16, {1000, 1000})));
}

TEST(LookAheads, AnswerTheSameAgain) {
  const ExpectedShapes mix = {{shape(4, 1, 470), 5}, {shape(8, 1, 1000), 3}, {shape(3, 1, 810), 2}};
  LookAhead one(mix, 16, 40), other(mix, 16, 40);
  const DeviceState node = state(40, {1000, 1000, 530, 190});
  const std::int64_t first = one.idle_in_the_end(node);
  EXPECT_EQ(first, one.idle_in_the_end(node));
  EXPECT_EQ(first, other.idle_in_the_end(node));
}

// --- the plugin ---

class FragmentationPlugin : public testing::Test {
 protected:
  std::vector<Score> scores(const Arguments& arguments, const NamedAmounts& request, Spec spec = {}) {
    const TaskId task = world.task(JobId{}, "asks" + std::to_string(asked_++), request, std::move(spec));
    Configured plugin(fragmentation(), arguments);
    EXPECT_EQ("", text_of(plugin.findings));
    plugin.configuration.attach(world.cluster);
    Session session(world.cluster, plugin.configuration, {});
    return session.scores(task, std::array{n1, n2, n3});
  }
  World world;
  NodeId n1 = world.node("n1", {{"cpu", 16'000}, {"memory", 64 * kGi}, {"nvidia.com/gpu", 2000}});
  NodeId n2 = world.node("n2", {{"cpu", 16'000}, {"memory", 64 * kGi}, {"nvidia.com/gpu", 1000}});
  NodeId n3 = world.node("n3", {{"cpu", 16'000}, {"memory", 64 * kGi}});
  const std::string mix = "1*cpu=8,gpu=1;1*cpu=16,gpu=2";

 private:
  int asked_ = 0;
};

TEST_F(FragmentationPlugin, KeepsPairsOfGpusForThoseWhoNeedPairs) {
  for (const char* policy : {"look-ahead", "gradient-descent"}) {
    const auto points =
        scores({{"fragmentation.policy", policy}, {"fragmentation.shapes", "1*cpu=8,gpu=1;99*cpu=16,gpu=2"}},
               {{"cpu", 8000}, {"nvidia.com/gpu", 1000}});
    EXPECT_LT(points[0], points[1]) << policy;
  }
}

TEST_F(FragmentationPlugin, KeepsPodsWithoutGpusAwayFromGpus) {
  for (const char* policy : {"look-ahead", "gradient-descent"}) {
    const auto points = scores({{"fragmentation.policy", policy}, {"fragmentation.shapes", mix}}, {{"cpu", 12'000}});
    EXPECT_LT(points[0], points[2]) << policy;
    EXPECT_LT(points[1], points[2]) << policy;
    EXPECT_EQ(50 * kPoint, points[2]) << policy;
  }
}

TEST_F(FragmentationPlugin, GivesTheScoresOfItsReadme) {
  // n1 has two GPUs and 16 cpu: of the four pods that may come, each half of the mix, one GPU of the pair is lost to
  // the second half. n2 has one GPU, which the first half uses and the second never could.
  const auto points = scores({{"fragmentation.policy", "gradient-descent"}, {"fragmentation.shapes", mix}},
                             {{"cpu", 8000}, {"nvidia.com/gpu", 1000}});
  EXPECT_EQ((std::vector<Score>{37 * kPoint, 62 * kPoint, 50 * kPoint}), points);
}

TEST_F(FragmentationPlugin, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(
      "wrong: fragmentation: 'fragmentation.weight' is -1: expected 0 to 1000000\n"
      "wrong: fragmentation: 'fragmentation.policy': expected look-ahead or gradient-descent, got 'greedy'\n"
      "wrong: fragmentation: 'fragmentation.samples' is 0: expected 1 to 256\n"
      "wrong: fragmentation: 'fragmentation.depth' is 1001: expected 1 to 1000\n"
      "wrong: fragmentation: 'fragmentation.shapes': expected at least one shape\n",
      text_of(Configured(fragmentation(), {{"fragmentation.weight", -1},
                                           {"fragmentation.policy", "greedy"},
                                           {"fragmentation.samples", 0},
                                           {"fragmentation.depth", 1001},
                                           {"fragmentation.shapes", " "}})
                  .findings));
}

}  // namespace
}  // namespace basalt
