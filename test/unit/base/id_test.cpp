#include "basalt/base/id.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace basalt {
namespace {

using PlantId = Id<struct PlantTag>;
using StoneId = Id<struct StoneTag>;

static_assert(!std::is_convertible_v<PlantId, StoneId> && !std::is_convertible_v<PlantId, bool>);

TEST(Id, NamesNothingUnlessMadeOfASlot) {
  EXPECT_FALSE(PlantId());
  EXPECT_TRUE(PlantId(0, 0));
}

TEST(Id, DiffersBySlotAndByGeneration) {
  EXPECT_EQ(PlantId(3, 1), PlantId(3, 1));
  EXPECT_NE(PlantId(3, 1), PlantId(3, 2));
  EXPECT_NE(PlantId(3, 1), PlantId(4, 1));
}

TEST(Id, IsAKeyOfHashTables) {
  const std::unordered_set<PlantId> set = {PlantId(1, 0), PlantId(1, 1), PlantId(2, 0), PlantId(1, 0)};
  EXPECT_EQ(3U, set.size());
  EXPECT_TRUE(set.contains(PlantId(1, 1)));
  EXPECT_FALSE(set.contains(PlantId(2, 1)));
}

}  // namespace
}  // namespace basalt
