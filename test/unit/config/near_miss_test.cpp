#include "config/near_miss.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace basalt {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"enableNodeOrder", "enableJobOrder", "gang", "binpack"};

TEST(NearMiss, FindsAMisspeltName) {
  EXPECT_EQ("binpack", find_near_miss("binpak", kKnown));    // left out
  EXPECT_EQ("binpack", find_near_miss("bimpack", kKnown));   // replaced
  EXPECT_EQ("binpack", find_near_miss("binpackk", kKnown));  // added
  EXPECT_EQ("gang", find_near_miss("gagn", kKnown));         // swapped
  EXPECT_EQ("enableNodeOrder", find_near_miss("enabledNodeorder", kKnown));
}

TEST(NearMiss, IgnoresCase) { EXPECT_EQ("gang", find_near_miss("Gang", kKnown)); }

TEST(NearMiss, FindsNothingNear) {
  EXPECT_EQ("", find_near_miss("capacity", kKnown));
  EXPECT_EQ("", find_near_miss("", kKnown));
  EXPECT_EQ("", find_near_miss("x", kKnown));
  EXPECT_EQ("", find_near_miss(std::string(100'000, 'g'), kKnown));
}

TEST(NearMiss, EndsAMessage) {
  EXPECT_EQ(" (did you mean 'gang'?)", suggestion("gnag", kKnown));
  EXPECT_EQ("", suggestion("capacity", kKnown));
}

}  // namespace
}  // namespace basalt
