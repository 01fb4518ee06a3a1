#include "framework/maxima.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace basalt {
namespace {

class Keys {
 public:
  explicit Keys(std::size_t count) : keys_(count, Maxima::kLowest) { maxima_.reset(count); }
  void set(std::size_t position, Maxima::Key key) {
    keys_[position] = key;
    maxima_.note_change(position);
  }
  std::size_t first_highest() {
    maxima_.settle(keys_);
    return maxima_.first_highest(keys_);
  }
  [[nodiscard]] std::size_t searched() const {
    return static_cast<std::size_t>(std::max_element(keys_.begin(), keys_.end()) - keys_.begin());
  }

 private:
  std::vector<Maxima::Key> keys_;
  Maxima maxima_;
};

TEST(Maxima, FindTheFirstWhereAllAreEqual) {
  EXPECT_EQ(0U, Keys(1).first_highest());
  EXPECT_EQ(0U, Keys(5000).first_highest());
}

TEST(Maxima, FindTheFirstOfEquals) {
  Keys keys(1000);
  for (const std::size_t position : {999U, 640U, 17U}) keys.set(position, 5);
  EXPECT_EQ(17U, keys.first_highest());
  keys.set(17, 4);
  EXPECT_EQ(640U, keys.first_highest());
}

TEST(Maxima, AreWhatASearchFindsAfterWhateverChanged) {
  std::mt19937 random(11);
  const auto pick = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); };
  for (const std::size_t count : {1U, 15U, 16U, 17U, 256U, 257U, 4097U}) {
    Keys keys(count);
    for (int step = 0; step < 300; ++step) {
      for (std::size_t changes = pick(step % 10 == 0 ? 300 : 3); changes > 0; --changes) {
        keys.set(pick(count - 1), pick(9) == 0 ? Maxima::kLowest : static_cast<Maxima::Key>(pick(50)));
      }
      ASSERT_EQ(keys.searched(), keys.first_highest()) << count << " keys, step " << step;
    }
  }
}

}  // namespace
}  // namespace basalt
