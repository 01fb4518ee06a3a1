#include "kube/limiter.hpp"

#include <gtest/gtest.h>

#include "unit/kube/fakes.hpp"

namespace basalt::kube {
namespace {

using std::chrono::milliseconds;
using testing::FakeClock;
using testing::FakeWaiter;

TEST(RateLimiter, LetsABurstThroughAndThenTheRate) {
  FakeClock clock;
  FakeWaiter waiter(clock);
  RateLimiter limiter(10, 3, clock, waiter);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.acquire({}));
  EXPECT_EQ((std::vector<long long>{100, 100}), waiter.pauses);  // the first three were free
  EXPECT_EQ(milliseconds(200), limiter.waited());
}

TEST(RateLimiter, RefillsWithTimeUpToTheBurst) {
  FakeClock clock;
  FakeWaiter waiter(clock);
  RateLimiter limiter(10, 2, clock, waiter);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(limiter.acquire({}));
  clock.advance(std::chrono::hours(1));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(limiter.acquire({}));
  EXPECT_TRUE(waiter.pauses.empty());
  EXPECT_TRUE(limiter.acquire({}));
  EXPECT_EQ(1U, waiter.pauses.size());
}

TEST(RateLimiter, IsOffWhenTheRateIsNotPositive) {
  FakeClock clock;
  FakeWaiter waiter(clock);
  RateLimiter off(-1, 1, clock, waiter);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(off.acquire({}));
  EXPECT_TRUE(waiter.pauses.empty());
}

TEST(RateLimiter, AStopGivesTheTokenBack) {
  FakeClock clock;
  FakeWaiter waiter(clock);
  RateLimiter limiter(10, 1, clock, waiter);
  EXPECT_TRUE(limiter.acquire({}));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(limiter.acquire(stop.get_token()));
  EXPECT_TRUE(limiter.acquire({}));
  EXPECT_EQ((std::vector<long long>{100}), waiter.pauses);  // 200 had the token been kept
}

}  // namespace
}  // namespace basalt::kube
