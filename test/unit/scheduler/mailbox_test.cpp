#include "scheduler/mailbox.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using std::chrono::seconds;

class MailboxTest : public ::testing::Test {
 protected:
  static Delta removed(const std::string& name) { return Removed{ObjectKind::pod, "ns", name, ""}; }
  static std::string names(const std::vector<Delta>& deltas) {
    std::string text;
    for (const Delta& delta : deltas) text += std::get<Removed>(delta).name + " ";
    return text;
  }

  std::string drained(SteadyTime wakeup = SteadyTime::max()) {
    return names(mailbox_.drain(wakeup, stop_.get_token()));
  }

  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
  Mailbox mailbox_{clock_, waiter_};
  std::stop_source stop_;
};

TEST_F(MailboxTest, GivesWhatWasPostedInThatOrderAndOnce) {
  mailbox_.post(removed("a"));
  mailbox_.post(removed("b"));
  EXPECT_EQ("a b ", drained());
  EXPECT_EQ("", drained(clock_.steady_now()));
}

TEST_F(MailboxTest, GathersForAMomentOnceSomethingIsThere) {
  mailbox_.post(removed("a"));
  EXPECT_EQ("a ", drained());
  EXPECT_EQ(std::vector<long long>{5}, waiter_.pauses());
}

TEST_F(MailboxTest, ReturnsWithNothingAtTheDeadline) {
  EXPECT_EQ("", drained(clock_.steady_now()));
  EXPECT_TRUE(waiter_.pauses().empty());
}

TEST_F(MailboxTest, ReturnsWithNothingWhenWokenAndWaitsAgainAfterThat) {
  mailbox_.wake();
  EXPECT_EQ("", drained());
  mailbox_.post(removed("a"));
  EXPECT_EQ("a ", drained());
}

TEST_F(MailboxTest, WaitsUntilAnotherThreadPosts) {
  const std::jthread poster([this] { mailbox_.post(removed("a")); });
  EXPECT_EQ("a ", drained());
}

TEST_F(MailboxTest, AStopEndsTheWait) {
  const std::jthread stopper([this] { stop_.request_stop(); });
  EXPECT_EQ("", drained());
}

TEST_F(MailboxTest, WhatIsDueLaterIsNotSeenBeforeAndThenInTheOrderOfTheTimes) {
  mailbox_.post_at(clock_.steady_now() + seconds(2), removed("second"));
  mailbox_.post_at(clock_.steady_now() + seconds(1), removed("first"));
  mailbox_.post_at(clock_.steady_now() + seconds(2), removed("third"));
  mailbox_.post(removed("now"));
  EXPECT_EQ("now ", drained());
  clock_.advance(seconds(1));
  EXPECT_EQ("first ", drained());
  clock_.advance(seconds(1));
  EXPECT_EQ("second third ", drained());
}

TEST_F(MailboxTest, LosesNothingOfManyPosters) {
  constexpr int kEach = 500;
  std::vector<std::jthread> posters;
  for (int i = 0; i < 4; ++i) {
    posters.emplace_back([this] {
      for (int n = 0; n < kEach; ++n) mailbox_.post(removed("x"));
    });
  }
  std::size_t seen = 0;
  while (seen < 4 * kEach) seen += mailbox_.drain(SteadyTime::max(), stop_.get_token()).size();
  EXPECT_EQ(4U * kEach, seen);
}

}  // namespace
}  // namespace basalt
