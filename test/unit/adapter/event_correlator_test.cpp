#include "adapter/event_correlator.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapter/rfc3339.hpp"

namespace basalt::adapter {
namespace {

/// Time that moves when told to.
class HeldClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return wall_; }
  [[nodiscard]] SteadyTime steady_now() const override { return steady_; }
  void advance(std::chrono::seconds time) {
    wall_ += time;
    steady_ += time;
  }

 private:
  WallTime wall_ = parse_time("2026-01-02T03:04:05Z").value();
  SteadyTime steady_{std::chrono::hours(1)};
};

class EventCorrelatorTest : public testing::Test {
 protected:
  static EventReport report(const std::string& message, const std::string& pod = "p") {
    return {"v1", "Pod", "ns", pod, "uid-" + pod, "Warning", "FailedScheduling", message, "volcano"};
  }
  std::string outcome(const EventReport& told) {
    const EventWrite write = correlator_.correlate(told);
    if (const auto* create = std::get_if<CreateEvent>(&write)) return "create " + create->record.message;
    if (const auto* patch = std::get_if<PatchEvent>(&write)) {
      return "patch " + std::to_string(patch->record.count) + ' ' + patch->record.message;
    }
    return "drop";
  }

  HeldClock clock_;
  EventCorrelator correlator_{clock_};
};

TEST_F(EventCorrelatorTest, TheFirstReportCreatesAnEvent) {
  const EventWrite write = correlator_.correlate(report("no room"));
  ASSERT_TRUE(std::holds_alternative<CreateEvent>(write));
  const kube::EventRecord& record = std::get<CreateEvent>(write).record;
  EXPECT_EQ("ns", record.space);
  EXPECT_EQ("p.1886caf21c963200", record.name);  // 1'767'323'045 s in nanoseconds
  EXPECT_EQ("Pod", record.involved_kind);
  EXPECT_EQ("v1", record.involved_api_version);
  EXPECT_EQ("ns", record.involved_space);
  EXPECT_EQ("p", record.involved_name);
  EXPECT_EQ("uid-p", record.involved_uid);
  EXPECT_EQ("Warning", record.type);
  EXPECT_EQ("FailedScheduling", record.reason);
  EXPECT_EQ("no room", record.message);
  EXPECT_EQ("volcano", record.component);
  EXPECT_EQ(clock_.now(), record.first);
  EXPECT_EQ(clock_.now(), record.last);
  EXPECT_EQ(1, record.count);
}

TEST_F(EventCorrelatorTest, EventsOfClusterScopedObjectsAreInDefault) {
  const EventWrite write =
      correlator_.correlate({"scheduling.volcano.sh/v1beta1", "Queue", "", "q", "u", "Normal", "R", "m", "c"});
  EXPECT_EQ("default", std::get<CreateEvent>(write).record.space);
  EXPECT_EQ("", std::get<CreateEvent>(write).record.involved_space);
}

TEST_F(EventCorrelatorTest, TheSameReportAgainIsCounted) {
  const EventWrite first = correlator_.correlate(report("no room"));
  clock_.advance(std::chrono::seconds(60));
  const EventWrite second = correlator_.correlate(report("no room"));
  ASSERT_TRUE(std::holds_alternative<PatchEvent>(second));
  const PatchEvent& patch = std::get<PatchEvent>(second);
  const kube::EventRecord& created = std::get<CreateEvent>(first).record;
  EXPECT_EQ(created.name, patch.record.name);
  EXPECT_EQ(created.first, patch.record.first);
  EXPECT_EQ(clock_.now(), patch.record.last);
  const auto body = nlohmann::json::parse(patch.body);
  EXPECT_EQ(2, body["count"]);
  EXPECT_EQ("2026-01-02T03:05:05Z", body["lastTimestamp"]);
  EXPECT_EQ("patch 3 no room", outcome(report("no room")));
}

TEST_F(EventCorrelatorTest, WhatDiffersInAnyOtherFieldIsAnotherEvent) {
  EXPECT_EQ("create m", outcome(report("m")));
  EXPECT_EQ("create m", outcome(report("m", "other")));
  EventReport reborn = report("m");
  reborn.uid = "another";
  EXPECT_EQ("create m", outcome(reborn));
  EventReport normal = report("m");
  normal.type = "Normal";
  EXPECT_EQ("create m", outcome(normal));
  EventReport reason = report("m");
  reason.reason = "Evict";
  EXPECT_EQ("create m", outcome(reason));
}

TEST_F(EventCorrelatorTest, FromTheTenthMessageOnSimilarEventsAreCombined) {
  for (int i = 1; i <= 9; ++i) EXPECT_EQ("create m" + std::to_string(i), outcome(report("m" + std::to_string(i))));
  EXPECT_EQ("create (combined from similar events): m10", outcome(report("m10")));
  EXPECT_EQ("patch 2 (combined from similar events): m11", outcome(report("m11")));
  EXPECT_EQ("patch 3 (combined from similar events): m10", outcome(report("m10")));
  EXPECT_EQ("patch 2 m1", outcome(report("m1")));  // known from before
}

TEST_F(EventCorrelatorTest, AfterTenQuietMinutesMessagesAreNewAgain) {
  for (int i = 1; i <= 9; ++i) outcome(report("m" + std::to_string(i)));
  clock_.advance(std::chrono::seconds(600));
  EXPECT_EQ("create (combined from similar events): m10", outcome(report("m10")));  // not more than ten minutes
  clock_.advance(std::chrono::seconds(601));
  EXPECT_EQ("create m11", outcome(report("m11")));
}

TEST_F(EventCorrelatorTest, ManyEventsAboutOneObjectAreDroppedAndCountedAllTheSame) {
  EXPECT_EQ("create m", outcome(report("m")));
  for (int i = 2; i <= 25; ++i) EXPECT_EQ("patch " + std::to_string(i) + " m", outcome(report("m")));
  EXPECT_EQ("drop", outcome(report("m")));
  clock_.advance(std::chrono::seconds(299));
  EXPECT_EQ("drop", outcome(report("m")));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ("patch 28 m", outcome(report("m")));
  EXPECT_EQ("drop", outcome(report("m")));
  EXPECT_EQ("create m", outcome(report("m", "other")));  // its own bucket
  EventReport normal = report("m");
  normal.type = "Normal";
  EXPECT_EQ("create m", outcome(normal));
}

TEST_F(EventCorrelatorTest, ABucketNeverHoldsMoreThanItsBurst) {
  outcome(report("m"));
  clock_.advance(std::chrono::hours(24 * 30));
  for (int i = 2; i <= 26; ++i) EXPECT_NE("drop", outcome(report("m")));
  EXPECT_EQ("drop", outcome(report("m")));
}

TEST_F(EventCorrelatorTest, TheLeastRecentlySeenIsForgottenFirst) {
  EventLimits limits;
  limits.remembered = 2;
  EventCorrelator small(clock_, limits);
  const auto creates = [&small](const std::string& pod) {
    return std::holds_alternative<CreateEvent>(small.correlate(report("m", pod)));
  };
  EXPECT_TRUE(creates("a"));
  EXPECT_TRUE(creates("b"));
  EXPECT_FALSE(creates("a"));
  EXPECT_TRUE(creates("c"));  // b goes
  EXPECT_FALSE(creates("a"));
  EXPECT_TRUE(creates("b"));
}

TEST_F(EventCorrelatorTest, NamesAreUniqueWithinAMoment) {
  const EventWrite first = correlator_.correlate(report("m1"));
  const EventWrite second = correlator_.correlate(report("m2"));
  EXPECT_NE(std::get<CreateEvent>(first).record.name, std::get<CreateEvent>(second).record.name);
}

}  // namespace
}  // namespace basalt::adapter
