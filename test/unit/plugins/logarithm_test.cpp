#include "plugins/nodeorder/logarithm.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace basalt {
namespace {

TEST(Logarithm, AgreesWithTheMathematicalOne) {
  EXPECT_EQ(0, natural_logarithm(1));
  for (std::uint64_t number = 2; number < 3'000'000; number += 1 + number / 97) {
    const double exact = std::log(static_cast<double>(number)) * static_cast<double>(kFixedOne);
    EXPECT_NEAR(exact, static_cast<double>(natural_logarithm(number)), 2.0) << number;
  }
}

TEST(Logarithm, IsTheSameOnEveryMachine) {
  EXPECT_EQ(2'977'044'471, natural_logarithm(2));
  EXPECT_EQ(9'889'527'670, natural_logarithm(10));
}

}  // namespace
}  // namespace basalt
