#include "plugins/dominant-share/dominant_share_packing.hpp"

#include <gtest/gtest.h>

#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

class DominantShare : public testing::Test {
 protected:
  Score score(const NamedAmounts& request, const NamedAmounts& used, const NamedAmounts& allocatable) {
    return dominant_share_packing_score(world.resources(request), world.resources(used), world.resources(allocatable));
  }
  World world;
};

TEST_F(DominantShare, GivesTheScoresOfItsReadme) {
  // Half of the cpu and a quarter of the memory: 50 * 1/2 + 25 * (1 + 0 - 1/8).
  EXPECT_EQ(46'875'000, score({{"cpu", 2000}, {"memory", kGi}}, {}, {{"cpu", 4000}, {"memory", 4 * kGi}}));
  // The same on a node with four GPUs strands a quarter on the average: 50 * 1/2 + 25 * (1 + 0 - 1/4).
  EXPECT_EQ(43'750'000, score({{"cpu", 2000}, {"memory", kGi}}, {},
                              {{"cpu", 4000}, {"memory", 4 * kGi}, {"nvidia.com/gpu", 4000}}));
}

TEST_F(DominantShare, DoesNotDependOnTheUnitOfAKind) {
  EXPECT_EQ(score({{"cpu", 100}, {"memory", 10}}, {{"cpu", 300}, {"memory", 20}}, {{"cpu", 1000}, {"memory", 100}}),
            score({{"cpu", 100}, {"memory", 10 * kGi}}, {{"cpu", 300}, {"memory", 20 * kGi}},
                  {{"cpu", 1000}, {"memory", 100 * kGi}}));
}

TEST_F(DominantShare, PrefersTheFullerOfTwoThatAreFilledEvenly) {
  const NamedAmounts node = {{"cpu", 4000}, {"memory", 4 * kGi}};
  EXPECT_GT(score({{"cpu", 1000}, {"memory", kGi}}, {{"cpu", 1000}, {"memory", kGi}}, node),
            score({{"cpu", 1000}, {"memory", kGi}}, {}, node));
}

TEST_F(DominantShare, PrefersTheNodeWhoseOtherKindIsFull) {
  const NamedAmounts node = {{"cpu", 4000}, {"memory", 4 * kGi}};
  EXPECT_GT(score({{"cpu", 1000}}, {{"memory", 2 * kGi}}, node), score({{"cpu", 1000}}, {{"cpu", 1000}}, node));
}

TEST_F(DominantShare, GivesNothingWhereItDoesNotFit) {
  EXPECT_EQ(0, score({{"cpu", 2000}}, {{"cpu", 3000}}, {{"cpu", 4000}}));
  EXPECT_EQ(0, score({{"cpu", 0}}, {}, {}));
}

TEST_F(DominantShare, RefusesAWeightBeyondItsRange) {
  EXPECT_EQ("wrong: dominant-share: 'dominant-share.weight' is -1: expected 0 to 1000000\n",
            text_of(Configured(dominant_share_packing(), {{"dominant-share.weight", -1}}).findings));
}

}  // namespace
}  // namespace basalt
