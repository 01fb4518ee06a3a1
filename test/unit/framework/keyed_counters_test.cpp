#include "basalt/framework/keyed_counters.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace basalt {
namespace {

TEST(KeyedCounters, CountEachKeyOfEachGroup) {
  UndoLog log;
  KeyedCounters counters(log);
  const auto left = counters.add_group();
  const auto right = counters.add_group();
  counters.add(left, 7, 2);
  counters.add(left, 0, 1);
  EXPECT_EQ(2, counters.get(left, 7));
  EXPECT_EQ(1, counters.get(left, 0));
  EXPECT_EQ(0, counters.get(left, 8));
  EXPECT_EQ(0, counters.get(right, 7));
  EXPECT_EQ(2U, counters.counted(left));
  counters.add(left, 7, -2);
  EXPECT_EQ(1U, counters.counted(left));
}

TEST(KeyedCounters, DroppedGroupsAreUsedAgainAndEmpty) {
  UndoLog log;
  KeyedCounters counters(log);
  const auto first = counters.add_group();
  counters.add(first, 1, 5);
  counters.drop_group(first);
  EXPECT_EQ(first, counters.add_group());
  EXPECT_EQ(0, counters.get(first, 1));
  EXPECT_EQ(0U, counters.counted(first));
}

TEST(KeyedCounters, RollBackExactlyWhateverHappenedMeanwhile) {
  UndoLog log;
  KeyedCounters counters(log);
  const auto group = counters.add_group();
  std::map<KeyedCounters::Key, std::int64_t> model;
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) counters.add(group, static_cast<KeyedCounters::Key>(random() % 40), 1);
  for (KeyedCounters::Key key = 0; key < 40; ++key) model[key] = counters.get(group, key);
  const std::uint64_t before = counters.fingerprint();
  for (int round = 0; round < 20; ++round) {
    const UndoLog::Mark mark = log.open();
    for (int i = 0; i < 200; ++i) {
      counters.add(group, static_cast<KeyedCounters::Key>(random() % 300), static_cast<std::int64_t>(random() % 3) - 1);
    }
    log.rollback(mark, [](ColumnBase*, std::uint32_t) {});
    log.close();
    ASSERT_EQ(before, counters.fingerprint());
    for (const auto& [key, amount] : model) ASSERT_EQ(amount, counters.get(group, key));
  }
}

TEST(KeyedCounters, WhatFellBackToZeroLeavesNoFingerprint) {
  UndoLog log;
  KeyedCounters counters(log);
  const auto group = counters.add_group();
  counters.add(group, 3, 1);
  const std::uint64_t before = counters.fingerprint();
  for (KeyedCounters::Key key = 10; key < 100; ++key) counters.add(group, key, 1);
  EXPECT_NE(before, counters.fingerprint());
  for (KeyedCounters::Key key = 10; key < 100; ++key) counters.add(group, key, -1);
  EXPECT_EQ(before, counters.fingerprint());
}

}  // namespace
}  // namespace basalt
