#include "plugins/nodeorder/resource_scores.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

TEST(LeastAllocated, IsTheFreePartInWholePointsAveragedOverCpuAndMemory) {
  // cpu: (4000 - 3000) * 100 / 4000 = 25; memory: (10 - 5) * 100 / 10 = 50.
  EXPECT_EQ(37, least_allocated_score(std::array{Usage{3000, 4000}, Usage{5, 10}}));
  // floor(100 * 2 / 3) = 66 before the average.
  EXPECT_EQ(83, least_allocated_score(std::array{Usage{1, 3}, Usage{0, 10}}));
  EXPECT_EQ(100, least_allocated_score(std::array{Usage{0, 4000}, Usage{0, 10}}));
}

TEST(LeastAllocated, GivesNothingForAKindThatIsOverCommitted) {
  EXPECT_EQ(25, least_allocated_score(std::array{Usage{5000, 4000}, Usage{5, 10}}));
}

TEST(LeastAllocated, LeavesOutKindsThatTheNodeDoesNotHave) {
  EXPECT_EQ(50, least_allocated_score(std::array{Usage{100, 0}, Usage{5, 10}}));
  EXPECT_EQ(0, least_allocated_score(std::array{Usage{100, 0}, Usage{5, 0}}));
}

TEST(MostAllocated, IsTheUsedPartInWholePoints) {
  EXPECT_EQ(62, most_allocated_score(std::array{Usage{3000, 4000}, Usage{5, 10}}));
  EXPECT_EQ(100, most_allocated_score(std::array{Usage{5000, 4000}, Usage{10, 10}}));
}

TEST(Balanced, IsOneMinusTheDeviation) {
  EXPECT_EQ(100, balanced_score(std::array{Usage{1, 3}, Usage{1'000'000'000, 3'000'000'000}}));
  // Parts 0.75 and 0.25: deviation 0.25.
  EXPECT_EQ(75, balanced_score(std::array{Usage{3, 4}, Usage{1, 4}}));
  // Parts 0.3 and 0.1: deviation 0.1, which doubles only come near to.
  EXPECT_EQ(90, balanced_score(std::array{Usage{3, 10}, Usage{1, 10}}));
  // Parts 1 (over-committed) and 0: deviation 0.5.
  EXPECT_EQ(50, balanced_score(std::array{Usage{9, 4}, Usage{0, 4}}));
  // Parts 1, 0, 0: deviation sqrt(2) / 3 = 0.4714.
  EXPECT_EQ(52, balanced_score(std::array{Usage{1, 1}, Usage{0, 4}, Usage{0, 4}}));
  EXPECT_EQ(100, balanced_score(std::array{Usage{1, 3}, Usage{2, 6}, Usage{5, 15}}));
  EXPECT_EQ(100, balanced_score(std::array{Usage{1, 3}, Usage{2, 0}}));
}

TEST(Balanced, IsWithinAPointOfTheSameInDoubles) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<Usage> kinds(2 + random() % 2);
    double mean = 0;
    for (Usage& kind : kinds) {
      kind.allocatable = 1 + static_cast<std::int64_t>(random() % (std::uint64_t{1} << 45));
      kind.used = static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(kind.allocatable) * 5 / 4));
      mean += std::min(1.0, static_cast<double>(kind.used) / static_cast<double>(kind.allocatable));
    }
    mean /= static_cast<double>(kinds.size());
    double squares = 0;
    for (const Usage& kind : kinds) {
      squares +=
          std::pow(std::min(1.0, static_cast<double>(kind.used) / static_cast<double>(kind.allocatable)) - mean, 2);
    }
    const double expected = 100 * (1 - std::sqrt(squares / static_cast<double>(kinds.size())));
    ASSERT_NEAR(std::floor(expected), static_cast<double>(balanced_score(kinds)),
                std::abs(expected - std::round(expected)) < 1e-9 ? 1 : 0);
  }
}

}  // namespace
}  // namespace basalt
