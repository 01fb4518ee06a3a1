// Basalt's own client, binder and scheduler against an API server that does what servers and networks do on bad days.
// After each: no gang in part, no node over-committed, nobody bound twice, and everything that fits is bound. An
// independent ledger says so, from the server's history of every write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "integration/faults/faulty_cluster.hpp"

namespace basalt::testing {
namespace {

using ::testing::IsEmpty;

class Faults : public ::testing::Test {
 protected:
  explicit Faults(RunningScheduler::Options options = {}) : cluster_(std::move(options)) {}

  static constexpr int kGangs = 10;
  static constexpr int kGangSize = 4;
  static constexpr std::size_t kStep = 5;
  static constexpr int kSteps = 8;
  /// What happens while pods are bound; `step` counts from 0.
  using Meanwhile = std::function<void(int step)>;

  /// More gangs than there is room for come, run and end, while things go wrong. Then the faults end, and what comes
  /// fills the cluster to the last CPU; one gang more has no room, and gets none.
  void run(const Meanwhile& meanwhile = [](int) {}) {
    for (int gang = 0; gang < kGangs; ++gang) submit("passing", Ends::at_once);
    int step = 0;
    for (std::size_t count = 0; count < submitted_; count += kStep) {
      ASSERT_TRUE(cluster_.wait_until_bound(count)) << cluster_.bound() << " pods are bound, step " << step;
      if (step < kSteps) meanwhile(step);
      ++step;
    }
    ASSERT_TRUE(cluster_.wait_until_bound(submitted_)) << cluster_.bound() << " pods are bound";
    cluster_.end_faults();
    for (int gang = 0; gang < FaultyCluster::kRoom / kGangSize; ++gang) submit("staying", Ends::never);
    cluster_.submit_gang("surplus", kGangSize, Ends::never);
    ASSERT_TRUE(cluster_.wait_until_bound(submitted_)) << cluster_.bound() << " pods are bound";
    const e2e::Judgement judgement = cluster_.judge();
    EXPECT_THAT(judgement.violations, IsEmpty()) << judgement.text();
    EXPECT_EQ(submitted_, judgement.bound);
    EXPECT_EQ(0U, judgement.gangs.at("default/surplus").holding);
  }
  void submit(const std::string& prefix, Ends ends) {
    cluster_.submit_gang(prefix + "-" + std::to_string(submitted_), kGangSize, ends);
    submitted_ += kGangSize;
  }
  /// A gang comes while nobody who watches this resource ("": any) is told of anything.
  void submit_unseen(const std::string& resource) {
    const std::string rule = R"({"resource":")" + resource + R"(","stall":)";
    cluster_.watches(rule + "true}");
    submit("unseen", Ends::at_once);
    cluster_.watches(rule + "false}");
  }
  [[nodiscard]] const Witness::Counts& witnessed() const { return cluster_.witnessed(); }

  FaultyCluster cluster_;

 private:
  std::size_t submitted_ = 0;  // pods that fit
};

TEST_F(Faults, NoneAtAll) {
  run();
  EXPECT_EQ(0, witnessed().binds_refuted);
}

// --- requests ---

TEST_F(Faults, BindsThatAreDoneAndWhoseRepliesAreLost) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","skip":2,"times":20,"dropReply":true})");
  run();
  EXPECT_GE(witnessed().binds_in_doubt, 1);
}

TEST_F(Faults, LostRepliesToBindsAndThenNoWayToFindOutForAWhile) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","skip":1,"times":6,"dropReply":true})");
  cluster_.fault(R"({"verb":"get","resource":"pods","times":10,"status":500})");
  run();
  EXPECT_GE(witnessed().binds_in_doubt, 1);
}

TEST_F(Faults, BindsThatAreAnsweredLate) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","times":30,"delayMilliseconds":60})");
  run();
}

class FaultsOfAClientInAHurry : public Faults {
 protected:
  FaultsOfAClientInAHurry() : Faults({.configuration = {}, .time_limit = std::chrono::milliseconds(700)}) {}
};

TEST_F(FaultsOfAClientInAHurry, BindsThatAreAnsweredWhenNobodyWaitsAnyMore) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","skip":1,"times":5,"delayMilliseconds":2000})");
  run();
  EXPECT_GE(witnessed().binds_in_doubt, 1);
}

TEST_F(Faults, BindsThatAreRefusedAsConflictsThoughNobodyBound) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","skip":1,"times":9,"status":409})");
  run();
  EXPECT_GE(witnessed().binds_refuted, 1);
}

TEST_F(Faults, BindsThatAreToldToComeLater) {
  cluster_.fault(
      R"({"verb":"create","resource":"pods/binding","skip":1,"times":15,"status":429,"retryAfterSeconds":1})");
  run();
}

TEST_F(Faults, BindsThatMeetAnInternalError) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","skip":1,"times":15,"status":500})");
  run();
}

TEST_F(Faults, StatusesEventsAndListsThatFail) {
  cluster_.fault(R"({"resource":"podgroups.scheduling.volcano.sh/status","times":12,"status":409})");
  cluster_.fault(R"({"resource":"podgroups.scheduling.volcano.sh/status","skip":12,"times":6,"dropReply":true})");
  cluster_.fault(R"({"resource":"pods/status","times":12,"status":500})");
  cluster_.fault(R"({"resource":"queues.scheduling.volcano.sh/status","times":4,"dropReply":true})");
  cluster_.fault(R"({"verb":"create","resource":"events","times":20,"status":429,"retryAfterSeconds":1})");
  run();
  EXPECT_GE(witnessed().statuses_refused, 1);
}

TEST_F(Faults, EveryRequestFailsNowAndThen) {
  for (int burst = 0; burst < 6; ++burst) {
    const std::string skip = std::to_string(burst * 40);
    cluster_.fault(R"({"skip":)" + skip + R"(,"times":3,"status":500})");
  }
  run();
}

// --- watches ---

TEST_F(Faults, WatchesThatBreakAgainAndAgain) {
  run([this](int) { cluster_.watches(R"({"cut":true})"); });
}

TEST_F(Faults, WatchesThatCannotBeOpenedAgainAtOnce) {
  run([this](int step) {
    cluster_.watches(R"({"cut":true})");
    if (step % 2 == 0) cluster_.fault(R"({"verb":"watch","times":6,"status":500})");
  });
  EXPECT_GE(witnessed().watches_interrupted, 1);
}

TEST_F(Faults, WatchesThatStandStillForAMoment) {
  run([this](int step) { submit_unseen(step % 2 == 0 ? "pods" : ""); });
}

TEST_F(Faults, PodsAreKnownBeforeTheirGangs) {
  run([this](int) { submit_unseen("podgroups.scheduling.volcano.sh"); });
}

TEST_F(Faults, HistoryIsCompactedWhileWatchesStandStill) {
  run([this](int) {
    cluster_.watches(R"({"stall":true})");
    submit("forgotten", Ends::at_once);
    cluster_.compact();
    cluster_.watches(R"({"stall":false,"cut":true})");
  });
  EXPECT_GE(witnessed().relists, 1);
}

TEST_F(Faults, ListsFailAfterACompaction) {
  run([this](int step) {
    if (step % 3 != 0) return;
    cluster_.watches(R"({"resource":"pods","stall":true})");
    cluster_.compact();
    cluster_.fault(R"({"verb":"list","resource":"pods","times":2,"dropReply":true})");
    cluster_.fault(R"({"verb":"list","resource":"pods","skip":2,"times":1,"status":429,"retryAfterSeconds":1})");
    cluster_.watches(R"({"resource":"pods","stall":false,"cut":true})");
  });
  EXPECT_GE(witnessed().relists, 1);
}

TEST_F(Faults, EventsComeTwice) {
  cluster_.watches(R"({"duplicate":true})");
  run();
}

TEST_F(Faults, EventsComeInTheWrongOrder) {
  run([this](int step) {
    cluster_.watches(step % 2 == 0 ? R"({"reverse":true})" : R"({"reverse":false})");
    submit_unseen("");  // they come backwards when there are several at once
  });
  EXPECT_GE(witnessed().relists, 1);
}

// --- clocks ---

TEST_F(Faults, TheClockOfTheServerJumps) {
  run([this](int step) { cluster_.jump(step % 2 == 0 ? std::chrono::hours(1) : std::chrono::hours(-30)); });
}

TEST_F(Faults, TheClockOfTheSchedulerJumps) {
  run([this](int step) {
    cluster_.scheduler_clock().jump(step % 2 == 0 ? std::chrono::hours(24 * 3650) : std::chrono::hours(-24 * 3651));
  });
}

// --- the scheduler itself ---

TEST_F(Faults, TheSchedulerEndsInTheMiddleOfGangsAndAnotherBegins) {
  cluster_.fault(R"({"verb":"create","resource":"pods/binding","times":1000,"delayMilliseconds":5})");
  run([this](int step) {
    if (step % 2 == 1) cluster_.restart_scheduler();
  });
}

// --- all of it ---

class ManyFaults : public Faults, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  void strike() {
    const auto times = std::to_string(1 + random_() % 6);
    const std::string on_bind = R"({"verb":"create","resource":"pods/binding","times":)" + times;
    switch (random_() % 9) {
      case 0: return cluster_.fault(on_bind + R"(,"dropReply":true})");
      case 1: return cluster_.fault(on_bind + R"(,"status":409})");
      case 2: return cluster_.fault(on_bind + R"(,"status":500})");
      case 3: return cluster_.fault(on_bind + R"(,"status":429,"retryAfterSeconds":1})");
      case 4: return cluster_.fault(on_bind + R"(,"delayMilliseconds":20,"dropReply":true})");
      case 5: return cluster_.watches(R"({"cut":true})");
      case 6: return cluster_.watches(R"({"duplicate":true,"reverse":true})");
      case 7: cluster_.compact(); return cluster_.watches(R"({"cut":true,"reverse":false})");
      default: return cluster_.jump(std::chrono::seconds(static_cast<long>(random_() % 200'000) - 100'000));
    }
  }

 private:
  std::mt19937_64 random_{GetParam()};
};

TEST_P(ManyFaults, OneAfterTheOther) {
  run([this](int) {
    strike();
    strike();
  });
}

INSTANTIATE_TEST_SUITE_P(Seeds, ManyFaults, ::testing::Range<std::uint64_t>(1, 6));

// --- evictions ---

constexpr const char* kPreempting = R"(
actions: "enqueue, allocate, preempt, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
    enablePreemptable: false
  - name: conformance
- plugins:
  - name: predicates
  - name: nodeorder
)";

TEST(FaultsOfEvictions, VictimsWhoseDeletionsAreLostOrRefusedMakeRoomInTheEnd) {
  FaultyCluster cluster({.configuration = kPreempting, .time_limit = std::chrono::seconds(30)});
  cluster.submit_priority_class("high", 1000);
  for (int i = 0; i < FaultyCluster::kRoom; ++i) {
    cluster.submit_gang("low-" + std::to_string(i), 1, Ends::never);
  }
  ASSERT_TRUE(cluster.wait_until_bound(FaultyCluster::kRoom)) << cluster.bound();
  cluster.fault(R"({"verb":"delete","resource":"pods","times":2,"dropReply":true})");
  cluster.fault(R"({"verb":"delete","resource":"pods","skip":2,"times":2,"status":500})");
  cluster.fault(R"({"resource":"pods/status","times":4,"status":409})");
  cluster.submit_gang("high", 4, Ends::never, "high");
  ASSERT_TRUE(cluster.wait_until_all_bound("high-")) << cluster.bound();
  const e2e::Judgement judgement = cluster.judge();
  EXPECT_THAT(judgement.violations, IsEmpty()) << judgement.text();
  EXPECT_EQ(4U, judgement.gangs.at("default/high").holding);
}

}  // namespace
}  // namespace basalt::testing
