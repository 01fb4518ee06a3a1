#include "basalt/model/resources.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace basalt {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr Dimension kGpu = 4;

Resources amounts(std::int64_t cpu, std::int64_t memory, std::int64_t gpu = 0) {
  Resources result;
  result.set(kCpu, cpu);
  result.set(kMemory, memory);
  if (gpu != 0) result.set(kGpu, gpu);
  return result;
}

TEST(Resources, ThatWereNeverSetAreZero) {
  const Resources none;
  for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) EXPECT_EQ(0, none[kind]);
  EXPECT_EQ(0U, none.width());
}

TEST(Resources, AreAsWideAsTheHighestKindThatWasSet) {
  Resources some;
  some.set(kGpu, 1);
  EXPECT_EQ(kGpu + 1, some.width());
  some.set(kCpu, 1);
  EXPECT_EQ(kGpu + 1, some.width());
}

TEST(Resources, AreEqualByAmountsWhateverTheirWidths) {
  Resources wide = amounts(1, 2);
  wide.set(kGpu, 0);
  EXPECT_EQ(amounts(1, 2), wide);
  EXPECT_NE(amounts(1, 3), wide);
}

TEST(Resources, FitWhenEverythingAskedForIsThere) {
  EXPECT_TRUE(amounts(2, 4).fits_in(amounts(2, 4)));
  EXPECT_FALSE(amounts(3, 4).fits_in(amounts(2, 4)));
  EXPECT_EQ(kMemory, amounts(2, 5).shortage(amounts(2, 4)));
  EXPECT_EQ(kGpu, amounts(0, 0, 1).shortage(amounts(9, 9)));
}

TEST(Resources, ThatAreNotAskedForMayBeOverCommitted) {
  EXPECT_TRUE(amounts(1, 0).fits_in(amounts(1, -5)));
  EXPECT_TRUE(Resources().fits_in(amounts(-1, -1)));
  EXPECT_FALSE(amounts(1, 1).fits_in(amounts(1, -5)));
}

TEST(Resources, AddAndSubtractKindByKind) {
  EXPECT_EQ(amounts(4, 6, 7), amounts(1, 2) + amounts(3, 4, 7));
  EXPECT_EQ(amounts(-2, -2, -7), amounts(1, 2) - amounts(3, 4, 7));
}

TEST(Resources, AreBestEffortWithoutAnythingButPods) {
  Resources one_pod;
  one_pod.set(kPods, 1);
  EXPECT_TRUE(Resources().is_best_effort());
  EXPECT_TRUE(one_pod.is_best_effort());
  EXPECT_FALSE((one_pod + amounts(0, 0, 1)).is_best_effort());
}

TEST(Resources, AddUpToTheSameInAnyOrderAndComeBack) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Resources> parts;
    for (int count = 0; count < 50; ++count) {
      Resources part;
      for (int sets = 0; sets < 5; ++sets) {
        part.set(static_cast<Dimension>(random() % Resources::kMaxDimensions),
                 static_cast<std::int64_t>(random() % Resources::kMaxTaskAmount));
      }
      parts.push_back(part);
    }
    Resources forward;
    Resources backward;
    for (std::size_t index = 0; index < parts.size(); ++index) {
      forward += parts[index];
      backward += parts[parts.size() - 1 - index];
    }
    EXPECT_EQ(forward, backward);
    for (const Resources& part : parts) forward -= part;
    EXPECT_EQ(Resources(), forward);
  }
}

TEST(SaturatingAdd, StaysAtTheEndsOfTheRange) {
  EXPECT_EQ(amounts(3, 5), saturating_add(amounts(1, 2), amounts(2, 3)));
  EXPECT_EQ(amounts(kMost, kLeast), saturating_add(amounts(kMost - 1, kLeast + 1), amounts(2, -2)));
  EXPECT_EQ(amounts(kMost, kMost), saturating_add(amounts(kMost, kMost), amounts(kMost, 0)));
  EXPECT_EQ(amounts(-1, 0), saturating_add(amounts(kMost, kLeast), amounts(kLeast, kMost)) - amounts(0, -1));
}

TEST(SaturatingAdd, CoversTheKindsOfBothSides) {
  EXPECT_EQ(amounts(1, 1, 5), saturating_add(amounts(1, 1), amounts(0, 0, 5)));
  EXPECT_EQ(amounts(1, 1, 5), saturating_add(amounts(0, 0, 5), amounts(1, 1)));
}

TEST(Limits, BoundOnlyWhatTheyState) {
  Limits limits;
  limits.set(kMemory, 10);
  EXPECT_EQ(std::nullopt, limits[kCpu]);
  EXPECT_EQ(10, limits[kMemory]);
  EXPECT_TRUE(limits.allow(amounts(kMost, 10, kMost)));
  EXPECT_FALSE(limits.allow(amounts(0, 11)));
  EXPECT_TRUE(Limits().allow(amounts(kMost, kMost)));
}

TEST(Limits, OfZeroAllowNothingOfTheirKind) {
  Limits limits;
  limits.set(kGpu, 0);
  EXPECT_FALSE(limits.allow(amounts(0, 0, 1)));
  EXPECT_TRUE(limits.allow(amounts(1, 1)));
}

TEST(Limits, CutAnAmountToTheBounds) {
  Limits limits;
  limits.set(kMemory, 10);
  limits.set(kGpu, 0);
  EXPECT_EQ(amounts(99, 10), limits.cut(amounts(99, 50, 3)));
  EXPECT_EQ(amounts(1, 2), limits.cut(amounts(1, 2)));
}

TEST(Limits, DifferWhenOneIsUnlimitedAndTheOtherZero) {
  Limits zero;
  zero.set(kCpu, 0);
  EXPECT_NE(Limits(), zero);
}

TEST(ResourceSchema, NumbersTheCommonKindsFirst) {
  const ResourceSchema schema;
  EXPECT_EQ(kCpu, schema.find("cpu"));
  EXPECT_EQ(kMemory, schema.find("memory"));
  EXPECT_EQ(kPods, schema.find("pods"));
  EXPECT_EQ(kEphemeralStorage, schema.find("ephemeral-storage"));
  EXPECT_EQ(4U, schema.size());
}

TEST(ResourceSchema, NumbersOthersInTheOrderTheyAreSeen) {
  ResourceSchema schema;
  EXPECT_EQ(std::nullopt, schema.find("nvidia.com/gpu"));
  EXPECT_EQ(4U, *schema.intern("nvidia.com/gpu"));
  EXPECT_EQ(5U, *schema.intern("hugepages-2Mi"));
  EXPECT_EQ(4U, *schema.intern("nvidia.com/gpu"));
  EXPECT_EQ("nvidia.com/gpu", schema.name(4));
  EXPECT_EQ(6U, schema.size());
}

TEST(ResourceSchema, RefusesMoreKindsThanThereIsRoomFor) {
  ResourceSchema schema;
  while (schema.size() < Resources::kMaxDimensions) {
    ASSERT_TRUE(schema.intern("example.com/kind-" + std::to_string(schema.size())));
  }
  EXPECT_EQ(31U, *schema.intern("example.com/kind-31"));
  const auto refused = schema.intern("example.com/last");
  ASSERT_FALSE(refused);
  EXPECT_EQ(ErrorCode::unsupported, refused.error().code);
  EXPECT_EQ("resource \"example.com/last\": expected at most 32 kinds of resources in a cluster",
            refused.error().message);
  EXPECT_FALSE(schema.resources({{"cpu", 1}, {"example.com/last", 1}}));
  EXPECT_FALSE(schema.limits({{"example.com/last", 1}}));
  EXPECT_TRUE(schema.resources({{"cpu", 1}, {"example.com/kind-31", 1}}));
}

TEST(ResourceSchema, TurnsNamesIntoNumbersAndBack) {
  ResourceSchema schema;
  const NamedAmounts named = {{"cpu", 500}, {"memory", 1024}, {"nvidia.com/gpu", 2000}};
  const auto resources = schema.resources(named);
  ASSERT_TRUE(resources);
  EXPECT_EQ(amounts(500, 1024, 2000), *resources);
  EXPECT_EQ(named, schema.named(*resources));
}

TEST(ResourceSchema, NamesOnlyWhatIsNotZeroInTheOrderOfNames) {
  ResourceSchema schema;
  const auto resources = schema.resources({{"zoo.example/z", 1000}, {"amd.com/gpu", 1000}, {"cpu", 0}, {"memory", -1}});
  ASSERT_TRUE(resources);
  EXPECT_EQ((NamedAmounts{{"amd.com/gpu", 1000}, {"memory", -1}, {"zoo.example/z", 1000}}), schema.named(*resources));
  EXPECT_EQ("amd.com/gpu 1, memory -1, zoo.example/z 1", schema.text(*resources));
}

TEST(ResourceSchema, PrintsAmountsAsQuantities) {
  const ResourceSchema schema;
  EXPECT_EQ("cpu 500m, memory 4Gi", schema.text(amounts(500, std::int64_t{4} << 30)));
  EXPECT_EQ("", schema.text(Resources()));
}

TEST(ResourceSchema, KeepsAStatedLimitOfZero) {
  ResourceSchema schema;
  const auto limits = schema.limits({{"cpu", 0}, {"nvidia.com/gpu", 1000}});
  ASSERT_TRUE(limits);
  EXPECT_EQ(0, (*limits)[kCpu]);
  EXPECT_EQ(std::nullopt, (*limits)[kMemory]);
  EXPECT_EQ(1000, (*limits)[kGpu]);
}

}  // namespace
}  // namespace basalt
