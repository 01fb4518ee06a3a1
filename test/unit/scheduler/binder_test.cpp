#include "scheduler/binder.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::bind_order;
using ::testing::Contains;
using testing::Fault;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = BindResult::Outcome;

class BinderTest : public ::testing::Test {
 protected:
  static constexpr milliseconds kLong = std::chrono::hours(1);

  void start(int workers = 4) {
    binder_ = std::make_unique<Binder>(api_, mailbox_, clock_, waiter_, observer_,
                                       BinderOptions{.bind_workers = workers, .condition_moment = milliseconds(0)});
  }
  void submit(std::vector<BindOrder> binds) {
    for (const BindOrder& order : binds) {
      if (api_.node_of(to_string(order.pod)).empty()) api_.has_pod(to_string(order.pod), order.pod.uid);
    }
    Orders orders;
    orders.binds = std::move(binds);
    binder_->submit(std::move(orders));
  }
  // The next results that are posted.
  std::vector<Delta> results(std::size_t count) {
    std::vector<Delta> all;
    while (all.size() < count) {
      for (Delta& delta : mailbox_.drain(SteadyTime::max(), {})) all.push_back(std::move(delta));
    }
    return all;
  }
  static BindResult bind_result(const Delta& delta) { return std::get<BindResult>(delta); }

  testing::FakeWriter api_;
  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
  Mailbox mailbox_{clock_, waiter_};
  Observer observer_;
  std::unique_ptr<Binder> binder_;
};

TEST_F(BinderTest, AnAcknowledgedBindIsPostedAndTold) {
  start();
  submit({bind_order("a", "n1")});
  const BindResult result = bind_result(results(1).at(0));
  EXPECT_EQ(Outcome::acknowledged, result.outcome);
  EXPECT_EQ("uid-a", result.uid);
  EXPECT_EQ("n1", result.node_name);
  binder_->stop(kLong);
  EXPECT_THAT(api_.lines("event"), Contains("event Pod ns/a Normal Scheduled Successfully assigned ns/a to n1"));
  EXPECT_THAT(api_.lines("bind"), SizeIs(1)) << "one write a pod";
}

TEST_F(BinderTest, ALostReplyIsPostedAsDoubtAndThenAsAcknowledged) {
  start();
  api_.fail_next("bind", {Fault::reply_lost});
  submit({bind_order("a", "n1")});
  const auto posted = results(2);
  EXPECT_EQ(Outcome::in_doubt, bind_result(posted.at(0)).outcome);
  EXPECT_EQ(Outcome::acknowledged, bind_result(posted.at(1)).outcome);
}

TEST_F(BinderTest, APodThatIsBoundElsewhereIsRefutedAtOnce) {
  start();
  api_.has_pod("ns/a", "uid-a", "n2");
  submit({bind_order("a", "n1")});
  const BindResult result = bind_result(results(1).at(0));
  EXPECT_EQ(Outcome::refuted, result.outcome);
  binder_->stop(kLong);
  EXPECT_THAT(api_.lines("event"), Contains(HasSubstr("Warning FailedScheduling failed to bind to node n1")));
}

TEST_F(BinderTest, WhatIsRefusedAgainAndAgainComesBackLaterAndLater) {
  start();
  api_.always_fail("bind", Fault::refused);
  for (const seconds pause : {seconds(1), seconds(2), seconds(4)}) {
    submit({bind_order("a", "n1")});
    while (binder_->pods_under_way() > 0) std::this_thread::yield();
    clock_.advance(pause - milliseconds(1));
    EXPECT_THAT(mailbox_.drain(clock_.steady_now(), {}), IsEmpty());
    clock_.advance(milliseconds(1));
    EXPECT_EQ(Outcome::refuted, bind_result(results(1).at(0)).outcome);
  }
}

TEST_F(BinderTest, APodWhoseConditionIsBeingWrittenIsBoundAfterThat) {
  start();
  api_.hold("patch-pod");
  Orders waiting;
  PodConditionOrder condition{{"ns", "a", "uid-a"}, {}, {}};
  condition.write.reason = "Unschedulable";
  waiting.statuses.emplace_back(std::move(condition));
  binder_->submit(std::move(waiting));
  api_.wait_for("patch-pod", 1);
  submit({bind_order("a", "n1"), bind_order("b", "n1")});
  EXPECT_EQ("b", bind_result(results(1).at(0)).name);
  EXPECT_THAT(api_.lines("bind"), SizeIs(1));
  api_.release();
  EXPECT_EQ("a", bind_result(results(1).at(0)).name);
}

TEST_F(BinderTest, AnEvictionIsCarriedOutAndPosted) {
  start();
  api_.has_pod("ns/v", "uid-v", "n1");
  Orders orders;
  orders.evictions.push_back({{"ns", "v", "uid-v"}, "reclaim"});
  binder_->submit(std::move(orders));
  EXPECT_TRUE(std::get<EvictResult>(results(1).at(0)).accepted);
  EXPECT_THAT(api_.lines("delete"), SizeIs(1));
}

TEST_F(BinderTest, StoppedInTheMiddleOfAHundredPodsItFinishesTheGangItHasBegunAndBeginsNoOther) {
  start(4);
  std::vector<BindOrder> binds;
  for (int i = 0; i < 100; ++i) {
    binds.push_back(bind_order("p" + std::to_string(i), "n1", "gang-" + std::to_string(i / 10)));
  }
  api_.hold("bind");
  submit(binds);
  api_.wait_for("bind", 4);  // all workers are inside of the first gang
  std::jthread stopping([&] { binder_->stop(kLong); });
  // Nothing may be left waiting but the first gang before the rest can go on.
  while (binder_->pods_under_way() > 10) std::this_thread::yield();
  api_.release();
  stopping.join();
  EXPECT_EQ(10, api_.bound());
  for (int i = 0; i < 10; ++i) EXPECT_EQ("n1", api_.node_of("ns/p" + std::to_string(i)));
  EXPECT_EQ(10U, results(10).size()) << "what was sent is known";
}

TEST_F(BinderTest, AtTheDeadlineWhatIsUnderWayIsCutOff) {
  start(2);
  api_.hold("bind");
  submit({bind_order("a", "n1"), bind_order("b", "n1"), bind_order("c", "n1")});
  api_.wait_for("bind", 2);
  binder_->stop(milliseconds(0));
  EXPECT_EQ(0, api_.bound());
  EXPECT_THAT(mailbox_.drain(clock_.steady_now(), {}), SizeIs(2)) << "in doubt, and never resolved";
}

TEST_F(BinderTest, NothingIsTakenAfterAStop) {
  start();
  binder_->stop(kLong);
  submit({bind_order("a", "n1")});
  EXPECT_EQ(0U, binder_->pods_under_way());
  EXPECT_THAT(api_.lines(), IsEmpty());
}

}  // namespace
}  // namespace basalt
