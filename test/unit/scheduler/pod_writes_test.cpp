#include "scheduler/pod_writes.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using testing::bind_order;
using testing::Fault;
using Outcome = BindResult::Outcome;
using Lines = std::vector<std::string>;

class BindTest : public ::testing::Test {
 protected:
  BindTest() { api_.has_pod("ns/a", "uid-a"); }

  BindEnd bind(const BindOrder& order = bind_order("a", "n1")) {
    return carry_out(
        order, api_, waiter_, [this](const std::string& why) { doubts_.push_back(why); }, stop_.get_token());
  }

  testing::FakeWriter api_;
  testing::InstantWaiter waiter_;
  std::stop_source stop_;
  Lines doubts_;
};

TEST_F(BindTest, ABindThatIsTakenIsAcknowledgedWithOneRequest) {
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_EQ((Lines{"bind ns/a n1"}), api_.lines());
  EXPECT_TRUE(doubts_.empty());
}

TEST_F(BindTest, ALostReplyIsResolvedByReading) {
  api_.fail_next("bind", {Fault::reply_lost});
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_EQ((Lines{"bind ns/a n1", "read ns/a"}), api_.lines());
  EXPECT_EQ(Lines{"no answer"}, doubts_);
}

TEST_F(BindTest, ReadingIsRepeatedUntilThereIsAnAnswer) {
  api_.fail_next("bind", {Fault::reply_lost});
  api_.fail_next("read", {Fault::request_lost, Fault::refused, Fault::busy});
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_EQ(4U, api_.lines("read").size());
  EXPECT_EQ((std::vector<long long>{200, 400, 800}), waiter_.pauses());
}

TEST_F(BindTest, ALostRequestIsSentAgainToTheSameNodeAndTheDoubtIsToldOnce) {
  api_.fail_next("bind", {Fault::request_lost, Fault::request_lost});
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_EQ((Lines{"bind ns/a n1", "read ns/a", "bind ns/a n1", "read ns/a", "bind ns/a n1"}), api_.lines());
  EXPECT_EQ(1U, doubts_.size());
  EXPECT_EQ("n1", api_.node_of("ns/a"));
}

TEST_F(BindTest, WhatNeverArrivesIsRefutedInTheEnd) {
  api_.always_fail("bind", Fault::request_lost);
  const BindEnd end = bind();
  EXPECT_EQ(Outcome::refuted, end.outcome);
  EXPECT_TRUE(end.is_worth_retrying);
  EXPECT_EQ("connection refused", end.message);
  EXPECT_EQ(4U, api_.lines("bind").size());
  EXPECT_EQ("read ns/a", api_.lines().back()) << "nothing may be refuted on an assumption";
}

TEST_F(BindTest, AlreadyBoundToOurNodeIsSuccess) {
  api_.has_pod("ns/a", "uid-a", "n1");
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_TRUE(doubts_.empty());
}

TEST_F(BindTest, BoundElsewhereIsRefutedForGood) {
  api_.has_pod("ns/a", "uid-a", "n2");
  const BindEnd end = bind();
  EXPECT_EQ(Outcome::refuted, end.outcome);
  EXPECT_FALSE(end.is_worth_retrying);
  EXPECT_EQ("the pod is bound to node \"n2\"", end.message);
}

TEST_F(BindTest, AnotherPodOfThatNameIsLeftAlone) {
  api_.has_pod("ns/a", "another-uid");
  const BindEnd end = bind();
  EXPECT_EQ(Outcome::refuted, end.outcome);
  EXPECT_EQ("the pod was created anew", end.message);
  EXPECT_EQ("", api_.node_of("ns/a"));
}

TEST_F(BindTest, APodThatIsGoneIsRefutedForGood) {
  api_.has_no_pod("ns/a");
  EXPECT_EQ(Outcome::refuted, bind().outcome);
  api_.fail_next("bind", {Fault::request_lost});
  const BindEnd end = bind();
  EXPECT_EQ("the pod is gone", end.message);
  EXPECT_FALSE(end.is_worth_retrying);
}

TEST_F(BindTest, ARefusalIsFinalForNow) {
  api_.fail_next("bind", {Fault::refused});
  const BindEnd end = bind();
  EXPECT_EQ(Outcome::refuted, end.outcome);
  EXPECT_TRUE(end.is_worth_retrying);
  EXPECT_EQ(1U, api_.lines().size());
}

TEST_F(BindTest, AServerThatIsBusyIsAskedAgainWithoutDoubt) {
  api_.fail_next("bind", {Fault::busy, Fault::busy});
  EXPECT_EQ(Outcome::acknowledged, bind().outcome);
  EXPECT_TRUE(doubts_.empty());
  EXPECT_TRUE(api_.lines("read").empty());
}

TEST_F(BindTest, OnlyAStopLeavesDoubt) {
  api_.hold("read");
  api_.fail_next("bind", {Fault::reply_lost});
  std::jthread stopper([this] {
    api_.wait_for("read", 1);
    stop_.request_stop();
  });
  EXPECT_EQ(Outcome::in_doubt, bind().outcome);
}

class EvictTest : public ::testing::Test {
 protected:
  EvictTest() { api_.has_pod("ns/a", "uid-a", "n1"); }

  EvictEnd evict() {
    return carry_out(EvictOrder{{"ns", "a", "uid-a"}, "preempt"}, "basalt", api_, clock_, waiter_, {});
  }

  testing::FakeWriter api_;
  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
};

TEST_F(EvictTest, ThePodLearnsWhyAndIsDeleted) {
  EXPECT_TRUE(evict().accepted);
  const Lines lines = api_.lines();
  ASSERT_EQ(2U, lines.size());
  EXPECT_NE(std::string::npos, lines[0].find("because of preempt")) << lines[0];
  EXPECT_EQ("delete ns/a", lines[1]);
}

TEST_F(EvictTest, ItIsDeletedEvenIfItCannotBeTold) {
  api_.always_fail("patch-pod", Fault::refused);
  EXPECT_TRUE(evict().accepted);
}

TEST_F(EvictTest, ALostReplyIsRepeatedUntilThePodIsGone) {
  api_.fail_next("delete", {Fault::request_lost, Fault::reply_lost});
  EXPECT_TRUE(evict().accepted);
  EXPECT_EQ(3U, api_.lines("delete").size());
}

TEST_F(EvictTest, AnotherPodOfThatNameLives) {
  api_.has_pod("ns/a", "another-uid", "n1");
  EXPECT_FALSE(evict().accepted);
  EXPECT_EQ("n1", api_.node_of("ns/a"));
}

TEST_F(EvictTest, ARefusalIsNotRepeated) {
  api_.always_fail("delete", Fault::refused);
  const EvictEnd end = evict();
  EXPECT_FALSE(end.accepted);
  EXPECT_EQ("forbidden", end.message);
  EXPECT_EQ(1U, api_.lines("delete").size());
}

}  // namespace
}  // namespace basalt
