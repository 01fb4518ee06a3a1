// What is written beside pods' placement: statuses and events.

#include <gmock/gmock.h>

#include <thread>

#include "scheduler/event_lane.hpp"
#include "scheduler/retry_pause.hpp"
#include "scheduler/status_lane.hpp"
#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using testing::Fault;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RetryPause, DoublesUpToItsCap) {
  const RetryPause pause{std::chrono::milliseconds(100), std::chrono::milliseconds(500)};
  EXPECT_EQ(100, pause.after(1).count());
  EXPECT_EQ(200, pause.after(2).count());
  EXPECT_EQ(400, pause.after(3).count());
  EXPECT_EQ(500, pause.after(4).count());
  EXPECT_EQ(500, pause.after(1'000'000).count());
}

TEST(FailureCount, GrowsWithFailuresInARow) {
  FailureCount failures;
  EXPECT_EQ(seconds(1), failures.failed("a"));
  EXPECT_EQ(seconds(2), failures.failed("a"));
  EXPECT_EQ(seconds(1), failures.failed("b"));
  failures.succeeded("a");
  EXPECT_EQ(seconds(1), failures.failed("a"));
}

class StatusLaneTest : public ::testing::Test {
 protected:
  class CountsWrites final : public Observer {
   public:
    void status_written(const StatusResult&, const Result<void>&) override { ++written; }
    std::atomic<int> written{0};
  };

  static StatusOrder group_status(const std::string& name, std::int32_t running) {
    adapter::PodGroupStatusWrite write;
    write.uid = "uid-" + name;
    write.running = running;
    return PodGroupStatusOrder{{"ns", name, write.uid}, write};
  }
  static StatusOrder pod_condition(const std::string& name, const std::string& message = {}) {
    adapter::PodUnscheduledWrite write;
    write.uid = "uid-" + name;
    write.reason = "Unschedulable";
    write.message = message;
    adapter::EventReport event = event_about(ObjectKind::pod, {"ns", name, write.uid}, "basalt");
    event.message = message;
    return PodConditionOrder{{"ns", name, write.uid}, write, event};
  }
  std::vector<Delta> posted() { return mailbox_.drain(clock_.steady_now(), {}); }

  testing::FakeWriter api_;
  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
  Mailbox mailbox_{clock_, waiter_};
  CountsWrites observer_;
  EventLane events_{api_, clock_, observer_, 100};
  StatusLane lane_{api_, events_, mailbox_, clock_, observer_, 2, std::chrono::milliseconds(0)};
};

TEST_F(StatusLaneTest, ANominationDoesNotDisplaceTheConditionThatWaitsToBeWritten) {
  api_.hold("patch-pod");
  lane_.submit(pod_condition("first"));
  lane_.submit(pod_condition("second"));
  api_.wait_for("patch-pod", 2);  // both workers are busy
  lane_.submit(pod_condition("p", "no room"));
  PodConditionOrder nomination{{"ns", "p", "uid-p"}, {}, {}};
  nomination.write.uid = "uid-p";
  nomination.write.nomination = adapter::Nomination::set;
  nomination.write.nominated_node = "n1";
  lane_.submit(std::move(nomination));
  api_.release();
  api_.wait_for("patch-pod", 3);
  EXPECT_THAT(api_.lines("patch-pod").at(2), AllOf(HasSubstr("no room"), HasSubstr("n1")));
}

TEST_F(StatusLaneTest, OfOneObjectOnlyTheNewestIsWrittenAndOneAtATime) {
  api_.hold("patch-group");
  lane_.submit(group_status("g", 1));
  api_.wait_for("patch-group", 1);
  lane_.submit(group_status("g", 2));
  lane_.submit(group_status("g", 3));
  lane_.submit(group_status("other", 9));
  api_.wait_for("patch-group", 2);
  EXPECT_THAT(api_.lines()[1], HasSubstr("ns/other")) << "the object that is being written to has to wait";
  api_.release();
  api_.wait_for("patch-group", 3);
  EXPECT_THAT(api_.lines()[2], HasSubstr(R"("running":3)"));
  EXPECT_THAT(api_.lines(), SizeIs(3));
}

TEST_F(StatusLaneTest, AFailureIsPostedAfterAPauseThatGrows) {
  api_.always_fail("patch-group", Fault::refused);
  int written = 0;
  for (const seconds pause : {seconds(1), seconds(2), seconds(4)}) {
    lane_.submit(group_status("g", 1));
    ++written;
    while (observer_.written < written) std::this_thread::yield();
    clock_.advance(pause - std::chrono::milliseconds(1));
    EXPECT_THAT(posted(), IsEmpty());
    clock_.advance(std::chrono::milliseconds(1));
    const std::vector<Delta> deltas = posted();
    ASSERT_THAT(deltas, SizeIs(1));
    const auto& result = std::get<StatusResult>(deltas[0]);
    EXPECT_EQ(ObjectKind::pod_group, result.kind);
    EXPECT_EQ("uid-g", result.uid);
    EXPECT_FALSE(result.accepted);
  }
}

TEST_F(StatusLaneTest, AWithdrawnConditionIsNotWritten) {
  api_.hold("patch-pod");
  lane_.submit(pod_condition("first"));
  lane_.submit(pod_condition("second"));
  api_.wait_for("patch-pod", 2);
  lane_.submit(pod_condition("a"));
  lane_.withdraw({"ns", "a", "uid-a"});
  api_.release();
  lane_.submit(pod_condition("last"));
  api_.wait_for("patch-pod", 3);
  EXPECT_THAT(api_.lines("patch-pod").at(2), HasSubstr("ns/last"));
}

TEST_F(StatusLaneTest, APodsConditionIsHeldBackForAMomentAndTheNewestIsWritten) {
  StatusLane slow(api_, events_, mailbox_, clock_, observer_, 1, std::chrono::milliseconds(200));
  slow.submit(pod_condition("a", "too few pods"));
  slow.submit(group_status("g", 1));
  api_.wait_for("patch-group", 1);
  slow.submit(pod_condition("a", "no room"));
  clock_.advance(std::chrono::milliseconds(200));
  slow.submit(group_status("g", 2));  // makes the lane look at the clock
  api_.wait_for("patch-pod", 1);
  EXPECT_THAT(api_.lines("patch-pod").at(0), HasSubstr("no room"));
  api_.wait_for("event", 1);
  EXPECT_THAT(api_.lines("event").at(0), HasSubstr("no room")) << "what was never written is not told either";
}

TEST_F(StatusLaneTest, AWithdrawalWaitsForTheWriteThatIsUnderWay) {
  api_.hold("patch-pod");
  lane_.submit(pod_condition("a"));
  api_.wait_for("patch-pod", 1);
  std::atomic<bool> withdrawn{false};
  std::jthread withdrawing([&] {
    lane_.withdraw({"ns", "a", "uid-a"});
    withdrawn = true;
  });
  EXPECT_FALSE(withdrawn);
  api_.release();
  withdrawing.join();
  EXPECT_TRUE(withdrawn);
}

class EventLaneTest : public ::testing::Test {
 protected:
  class CountsDrops final : public Observer {
   public:
    void event_dropped(const adapter::EventReport&, std::string_view) override { ++drops; }
    std::atomic<int> drops{0};
  };

  static adapter::EventReport report(const std::string& pod, const std::string& message) {
    adapter::EventReport event = event_about(ObjectKind::pod, {"ns", pod, "uid-" + pod}, "basalt");
    event.type = "Warning";
    event.reason = "FailedScheduling";
    event.message = message;
    return event;
  }
  void send_all() {
    lane_.close();
    ASSERT_TRUE(lane_.wait_until_sent(SteadyTime::max()));
  }

  testing::FakeWriter api_;
  testing::StillClock clock_;
  CountsDrops observer_;
  EventLane lane_{api_, clock_, observer_, 3};
};

TEST_F(EventLaneTest, ARepeatedReportBecomesAPatchOfTheFirst) {
  lane_.submit(report("a", "no room"));
  lane_.submit(report("a", "no room"));
  send_all();
  ASSERT_THAT(api_.lines(), SizeIs(2));
  EXPECT_EQ("event Pod ns/a Warning FailedScheduling no room", api_.lines()[0]);
  EXPECT_THAT(api_.lines()[1], HasSubstr("\"count\":2"));
}

TEST_F(EventLaneTest, WhatItCannotHoldIsDroppedAndCountedAndNobodyWaits) {
  api_.hold("event");
  lane_.submit(report("a", "1"));
  api_.wait_for("event", 1);
  for (const char* message : {"2", "3", "4", "5", "6"}) lane_.submit(report("a", message));
  EXPECT_EQ(2, observer_.drops);
  api_.release();
  send_all();
  EXPECT_THAT(api_.lines("event"), SizeIs(4));
}

TEST_F(EventLaneTest, AnEventTheServerDoesNotTakeIsCounted) {
  api_.fail_next("event", {Fault::refused});
  lane_.submit(report("a", "no room"));
  send_all();
  EXPECT_EQ(1, observer_.drops);
}

}  // namespace
}  // namespace basalt
