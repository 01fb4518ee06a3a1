#include "plugins/proportion/past_weights.hpp"

#include <gtest/gtest.h>

namespace basalt {
namespace {

using Amounts = std::vector<std::int64_t>;
constexpr std::int64_t kOne = std::int64_t{1} << 30;

TEST(WeightsAfter, StandAsTheyAreWhileNothingIsKnown) {
  EXPECT_EQ((Amounts{1, 3}), weights_after(Amounts{1, 3}, Amounts{0, 0}, 1000));
}

TEST(WeightsAfter, StandWhereEachHeldItsPart) {
  EXPECT_EQ((Amounts{kOne / 4, kOne / 4 * 3}), weights_after(Amounts{1, 3}, Amounts{50, 150}, 1000));
}

TEST(WeightsAfter, MoveByWhatWasHeldTooMuchOrTooLittle) {
  // Due a half each; held a quarter and three quarters.
  EXPECT_EQ((Amounts{kOne / 4 * 3, kOne / 4}), weights_after(Amounts{1, 1}, Amounts{1, 3}, 1000));
  EXPECT_EQ((Amounts{kOne / 8 * 5, kOne / 8 * 3}), weights_after(Amounts{1, 1}, Amounts{1, 3}, 500));
  EXPECT_EQ((Amounts{kOne / 2, kOne / 2}), weights_after(Amounts{1, 1}, Amounts{1, 3}, 0));
}

TEST(WeightsAfter, LeaveEverybodyASixteenthOfHisOwn) {
  EXPECT_EQ((Amounts{kOne, kOne / 32}), weights_after(Amounts{1, 1}, Amounts{0, 7}, 1000));
  EXPECT_EQ((Amounts{kOne / 2 * 11, kOne / 32}), weights_after(Amounts{1, 1}, Amounts{0, 7}, 10'000));
}

}  // namespace
}  // namespace basalt
