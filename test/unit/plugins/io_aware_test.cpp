#include "plugins/io-aware/io_aware.hpp"

#include <gtest/gtest.h>

#include "plugins/io-aware/io_use.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

TEST(HasRoomFor, LooksOnlyAtWhatIsAskedForAndLimited) {
  const IoCapacity both{10, 10};
  EXPECT_TRUE(has_room_for({10, 10}, {1, 1}, both));
  EXPECT_FALSE(has_room_for({11, 10}, {1, 1}, both));
  EXPECT_FALSE(has_room_for({10, 11}, {1, 1}, both));
  EXPECT_TRUE(has_room_for({11, 10}, {0, 1}, both)) << "no network is asked for";
  EXPECT_TRUE(has_room_for({11, 10}, {1, 1}, {std::nullopt, 10})) << "the network is not limited";
  EXPECT_FALSE(has_room_for({1, 0}, {1, 0}, {0, 0}));
}

TEST(Headroom, IsWhatTheBusierSideLeaves) {
  const IoCapacity both{100, 100};
  EXPECT_EQ(kMaxScore, headroom({0, 0}, {1, 1}, both));
  EXPECT_EQ(kMaxScore / 4, headroom({50, 75}, {1, 1}, both));
  EXPECT_EQ(kMaxScore / 2, headroom({50, 75}, {1, 0}, both)) << "the disk is not asked for";
  EXPECT_EQ(0, headroom({200, 0}, {1, 1}, both));
  EXPECT_EQ(0, headroom({0, 0}, {1, 1}, {0, 100})) << "it has no network at all";
  EXPECT_EQ(0, headroom({0, 0}, {1, 1}, {})) << "nothing is known";
}

TEST(IoAware, RefusesAWeightThatIsNone) {
  EXPECT_EQ("wrong: io-aware: 'io-aware.weight' is 1000001: expected 0 to 1000000\n",
            text_of(Configured(io_aware(), {{"io-aware.weight", 1'000'001}}).findings));
}

}  // namespace
}  // namespace basalt
