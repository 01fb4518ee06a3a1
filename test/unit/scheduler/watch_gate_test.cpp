#include "scheduler/watch_gate.hpp"

#include <gtest/gtest.h>

#include <array>

#include "scheduler/feed.hpp"
#include "unit/scheduler/fakes.hpp"

namespace basalt {
namespace {

constexpr std::array kKinds{ObjectKind::pod, ObjectKind::node};

TEST(WatchGate, OpensWhenEveryKindHasBeenListed) {
  int changes = 0;
  WatchGate gate(kKinds, [&] { ++changes; });
  EXPECT_EQ("Pod: not listed yet\nNode: not listed yet\n", gate.closed_because());
  gate.note_current(ObjectKind::node);
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ(0, changes);
  gate.note_current(ObjectKind::pod);
  EXPECT_TRUE(gate.is_open());
  EXPECT_EQ("", gate.closed_because());
  EXPECT_EQ(1, changes);
}

TEST(WatchGate, ClosesWhileAWatchIsInterrupted) {
  int changes = 0;
  WatchGate gate(kKinds, [&] { ++changes; });
  gate.note_current(ObjectKind::pod);
  gate.note_current(ObjectKind::node);
  gate.note_behind(ObjectKind::pod, "watch interrupted: no answer");
  gate.note_behind(ObjectKind::pod, "watch interrupted: still no answer");
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ("Pod: watch interrupted: still no answer\n", gate.closed_because());
  gate.note_current(ObjectKind::pod);
  EXPECT_TRUE(gate.is_open());
  EXPECT_EQ(3, changes);
}

class FeedTest : public ::testing::Test {
 protected:
  static constexpr std::array kPods{ObjectKind::pod};

  static kube::ObjectHead head(const std::string& name) { return {{"ns", name}, "uid-" + name, "7"}; }
  std::vector<Delta> posted() { return mailbox_.drain(clock_.steady_now(), {}); }

  testing::StillClock clock_;
  testing::InstantWaiter waiter_;
  Mailbox mailbox_{clock_, waiter_};
  WatchGate gate_{kPods, [] {}};
  Observer observer_;
  Feed feed_{ObjectKind::pod, mailbox_, gate_, observer_};
};

TEST_F(FeedTest, PostsWhatCanBeReadAndWhatCannot) {
  const std::string sound = R"({"metadata":{"name":"a","namespace":"ns","uid":"uid-a"},"spec":{"nodeName":"n"}})";
  feed_.on_upsert(head("a"), {kube::Encoding::json, sound}, kube::Change::added);
  feed_.on_upsert(head("b"), {kube::Encoding::json, "[]"}, kube::Change::added);
  feed_.on_delete(head("a"), nullptr);
  const auto deltas = posted();
  ASSERT_EQ(3U, deltas.size());
  EXPECT_EQ("n", std::get<PodObject>(std::get<Upserted>(deltas[0]).object).node_name);
  EXPECT_EQ("uid-b", std::get<Rejected>(deltas[1]).uid);
  EXPECT_EQ("uid-a", std::get<Removed>(deltas[2]).uid);
}

TEST_F(FeedTest, WhatWasListedAgainUnchangedIsNoNews) {
  feed_.on_upsert(head("a"), {kube::Encoding::json, "{}"}, kube::Change::same);
  EXPECT_TRUE(posted().empty());
}

TEST_F(FeedTest, TheGateFollowsTheWatch) {
  feed_.on_failure(Error{ErrorCode::refused, "forbidden"});
  EXPECT_EQ("Pod: not listed yet: forbidden\n", gate_.closed_because());
  feed_.on_synced();
  EXPECT_TRUE(gate_.is_open());
  feed_.on_interrupted({}, Error{ErrorCode::timeout, "silence"});
  EXPECT_EQ("Pod: watch interrupted: silence\n", gate_.closed_because());
  feed_.on_failure(Error{ErrorCode::unavailable, "refused"});
  EXPECT_FALSE(gate_.is_open());
  feed_.on_watching();
  EXPECT_TRUE(gate_.is_open());
}

}  // namespace
}  // namespace basalt
