#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "properties/cases.hpp"
#include "properties/job_stream.hpp"

// The bound on waiting (docs/decisions/0013-reservations-and-backfill.md), against the adversary that it is for: small
// jobs that come after the gang, never stop coming, and never leave all slots at once. A cycle T is a second.
namespace basalt::testing {
namespace {

constexpr int kLongest = 20;  // D: no job runs longer
constexpr int kLimit = 30;

/// Small jobs, as many as there are slots and more, always there; their ends spread over all seconds.
class Adversary {
 public:
  Adversary(JobStream& stream, int slots, bool tells) : stream_(stream), slots_(slots), tells_(tells) {}

  /// Fills the slots, so that one comes free now and then, never all.
  void fill() {
    for (int i = 0; i < slots_; ++i) submit(1 + i * (kLongest - 1) / std::max(slots_ - 1, 1));
    stream_.cycle();
    ASSERT_EQ(stream_.busy(), slots_);
  }
  void keep_coming() {
    while (stream_.waiting_singles() < slots_ + 8) submit(kLongest);
  }

 private:
  void submit(int seconds) { stream_.submit("small" + std::to_string(count_++), 1, seconds, tells_); }

  JobStream& stream_;
  int slots_;
  bool tells_;
  int count_ = 0;
};

/// Lets the adversary play against `gangs` gangs of so many tasks. How long each waited; -1: for ever.
std::vector<int> play(int nodes, int slots_a_node, std::optional<int> limit, int gangs, int tasks, bool tells) {
  const int slots = nodes * slots_a_node;
  JobStream stream(nodes, slots_a_node, limit);
  Adversary adversary(stream, slots, tells);
  adversary.fill();
  const int begun = stream.now();
  for (int i = 0; i < gangs; ++i) stream.submit("gang" + std::to_string(i), tasks, kLongest, tells);
  std::vector<int> waited(static_cast<std::size_t>(gangs), -1);
  for (int i = 0; i < kLimit + 20 * kLongest; ++i) {
    adversary.keep_coming();
    stream.cycle();
    EXPECT_GT(stream.busy(), 0);
  }
  for (int i = 0; i < gangs; ++i) {
    const auto started = stream.started("gang" + std::to_string(i));
    if (started) waited[static_cast<std::size_t>(i)] = *started - begun;
  }
  return waited;
}

TEST(WaitingBound, WithoutReservationsTheAdversaryStarvesTheGang) {
  for (const int waited : play(4, 2, std::nullopt, 3, 4, false)) EXPECT_EQ(waited, -1);
}

TEST(WaitingBound, GangsThatFitBesideEachOtherWaitForOneRun) {
  // limit + D + T (k + 1), with k gangs ahead.
  for (const int gangs : {1, 2, 4}) {
    for (const bool tells : {false, true}) {
      const std::vector<int> waited = play(4, 2, kLimit, gangs, 8 / gangs, tells);
      for (int k = 0; k < gangs; ++k) {
        EXPECT_GE(waited[static_cast<std::size_t>(k)], kLimit);
        EXPECT_LE(waited[static_cast<std::size_t>(k)], kLimit + kLongest + k + 1) << gangs << " gangs";
      }
    }
  }
}

TEST(WaitingBound, GangsThatTakeTheWholeClusterWaitForThoseAhead) {
  // Each that is ahead runs for D before it can be the next one's turn: limit + (k + 1)(D + T).
  for (const bool tells : {false, true}) {
    const std::vector<int> waited = play(3, 2, kLimit, 4, 6, tells);
    for (int k = 0; k < 4; ++k) {
      EXPECT_GE(waited[static_cast<std::size_t>(k)], kLimit);
      EXPECT_LE(waited[static_cast<std::size_t>(k)], kLimit + (k + 1) * (kLongest + 1)) << k;
    }
  }
}

TEST(WaitingBound, JobsThatLieAboutTheirTimeCostOneRunMore) {
  // They say a second and run for D. They get in while the gang's start is known, and close the door behind them.
  JobStream stream(4, 2, kLimit);
  for (int i = 0; i < 8; ++i) stream.submit("honest" + std::to_string(i), 1, 2 + 2 * i, true);
  stream.cycle();
  const int begun = stream.now();
  stream.submit("gang", 8, kLongest);
  int liars = 0;
  for (int i = 0; i < kLimit + 6 * kLongest && !stream.started("gang"); ++i) {
    while (stream.waiting_singles() < 24) stream.submit_liar("liar" + std::to_string(liars++), kLongest, 1);
    stream.cycle();
  }
  ASSERT_TRUE(stream.started("gang"));
  EXPECT_LE(*stream.started("gang") - begun, kLimit + 2 * kLongest + 1);
}

// --- what it costs ---

/// Part of the slots that ran something, in thousandths, and how long gangs waited on the average.
struct Cost {
  int busy = 0;
  int gangs_started = 0, gangs = 0;
  double mean_wait = 0;
};

/// 32 slots, small jobs of 1 to D seconds in excess, and a gang of 24 every 5 D.
Cost run_mixed(std::optional<int> limit, bool tells) {
  constexpr int kNodes = 8;
  constexpr int kSlots = 4;
  const int horizon = 5 * kLongest * static_cast<int>(std::max(cases(20), 5U));  // one gang each 5 D
  JobStream stream(kNodes, kSlots, limit);
  std::mt19937 random(7);
  int small = 0;
  Cost cost;
  std::int64_t busy = 0;
  std::vector<int> begun;
  for (int second = 0; second < horizon; ++second) {
    if (second % (5 * kLongest) == kLongest) {
      begun.push_back(stream.now());
      stream.submit("gang" + std::to_string(cost.gangs++), 24, kLongest, tells);
    }
    while (stream.waiting_singles() < 40) {
      const int seconds = std::uniform_int_distribution<int>(1, kLongest)(random);
      stream.submit("small" + std::to_string(small++), 1, seconds, tells);
    }
    stream.cycle();
    busy += stream.busy();
  }
  cost.busy = static_cast<int>(busy * 1000 / (std::int64_t{horizon} * kNodes * kSlots));
  for (int i = 0; i < cost.gangs; ++i) {
    const auto started = stream.started("gang" + std::to_string(i));
    if (!started) continue;
    ++cost.gangs_started;
    cost.mean_wait += *started - begun[static_cast<std::size_t>(i)];
  }
  if (cost.gangs_started > 0) cost.mean_wait /= cost.gangs_started;
  return cost;
}

TEST(WaitingBound, EstimatesBuyBackMostOfTheRoomThatReservationsCost) {
  const Cost without = run_mixed(std::nullopt, false);
  const Cost held = run_mixed(kLimit, false);
  const Cost filled = run_mixed(kLimit, true);
  for (const auto& [name, cost] : {std::pair("no reservations", without), std::pair("reservations", held),
                                   std::pair("reservations and estimates", filled)}) {
    std::cout << name << ": busy " << cost.busy / 10 << "." << cost.busy % 10 << " %, gangs started "
              << cost.gangs_started << " of " << cost.gangs << ", mean wait " << cost.mean_wait << " s\n";
  }
  EXPECT_EQ(without.gangs_started, 0);
  EXPECT_GE(held.gangs_started, held.gangs - 1);
  EXPECT_GE(filled.gangs_started, filled.gangs - 1);
  EXPECT_GT(filled.busy, held.busy);
}

}  // namespace
}  // namespace basalt::testing
