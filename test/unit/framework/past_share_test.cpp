#include "basalt/framework/past_share.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "basalt/framework/cluster.hpp"

namespace basalt {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

constexpr std::int64_t kWhole = std::int64_t{1} << 40;

TEST(LeftAfter, IsHalfAfterEachHalfLife) {
  EXPECT_EQ(kWhole, left_after(microseconds(0), hours(1)));
  EXPECT_EQ(kWhole / 2, left_after(hours(1), hours(1)));
  EXPECT_EQ(kWhole / 1024, left_after(hours(10), hours(1)));
  EXPECT_EQ(0, left_after(hours(100), hours(1)));
}

TEST(LeftAfter, IsThePowerOfTwoToWithinAFewUnits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto half_life = microseconds(1 + static_cast<std::int64_t>(random() % 3'000'000'000'000));
    const auto elapsed = microseconds(static_cast<std::int64_t>(random() % 30'000'000'000'000));
    const double exact = std::exp2(-static_cast<double>(elapsed.count()) / static_cast<double>(half_life.count()));
    EXPECT_NEAR(exact * static_cast<double>(kWhole), static_cast<double>(left_after(elapsed, half_life)), 4)
        << elapsed.count() << "/" << half_life.count();
  }
}

TEST(Faded, WhoAlwaysHeldTheSameIsKnownForExactlyThat) {
  PastShare past{kWhole / 3, kWhole / 3, WallTime(hours(1))};
  for (int i = 1; i < 500; ++i) past = faded(past, kWhole / 3, WallTime(hours(1) + minutes(7 * i)), hours(24));
  EXPECT_EQ(kWhole / 3, past.part);
}

TEST(Faded, HalfTheWayToWhatIsHeldAfterAHalfLife) {
  const PastShare past{0, kWhole, WallTime(hours(1))};
  EXPECT_EQ((PastShare{kWhole / 2, 7, WallTime(hours(25))}), faded(past, 7, WallTime(hours(25)), hours(24)));
  // In many steps as in one, but for what is rounded.
  PastShare step = past;
  for (int i = 1; i <= 1440; ++i) step = faded(step, kWhole, WallTime(hours(1) + minutes(i)), hours(24));
  EXPECT_NEAR(static_cast<double>(kWhole / 2), static_cast<double>(step.part), 3000);
}

TEST(Faded, BeginsWithNothingAndIgnoresTimeThatGoesBack) {
  EXPECT_EQ((PastShare{0, 9, WallTime(hours(5))}), faded({}, 9, WallTime(hours(5)), hours(1)));
  const PastShare past{7, 8, WallTime(hours(5))};
  EXPECT_EQ((PastShare{7, 9, WallTime(hours(5))}), faded(past, 9, WallTime(hours(4)), hours(1)));
}

TEST(DominantPart, IsTheLargestOverKindsThatThereAre) {
  Resources whole, amount;
  whole.set(kCpu, 4000);
  whole.set(kMemory, 100);
  amount.set(kCpu, 1000);
  amount.set(kMemory, 50);
  amount.set(kPods, 9);
  EXPECT_EQ(kWhole / 2, dominant_part(amount, whole));
  EXPECT_EQ(0, dominant_part({}, whole));
}

TEST(Cluster, RemembersWhatQueuesHeldOnlyWhileAskedTo) {
  Cluster cluster;
  Queue row;
  row.name = "q";
  const QueueId queue = cluster.insert_queue(row);
  cluster.pass_time(WallTime(hours(1)));
  EXPECT_EQ(PastShare{}, cluster.queues()[queue].past);
  cluster.remember_shares(hours(1));
  const std::uint64_t epoch = cluster.frame_epoch();
  cluster.pass_time(WallTime(hours(1)));
  cluster.pass_time(WallTime(hours(2)));
  EXPECT_EQ(WallTime(hours(2)), cluster.queues()[queue].past.until);
  EXPECT_EQ(epoch, cluster.frame_epoch());  // nobody wakes for that
  row.weight = 2;
  cluster.replace_queue(queue, row);
  EXPECT_EQ(WallTime(hours(2)), cluster.queues()[queue].past.until);
  cluster.remember_shares(std::nullopt);
  EXPECT_EQ(PastShare{}, cluster.queues()[queue].past);
}

}  // namespace
}  // namespace basalt
