#include "actions/packing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

namespace basalt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Resources amounts(std::int64_t cpu, std::int64_t memory = 0) {
  Resources made;
  made.set(kCpu, cpu);
  made.set(kMemory, memory);
  return made;
}

TEST(Packing, FindsTheOneWayInWhichLargeAndSmallTasksFit) {
  const std::vector<PackingKind> kinds = {{amounts(1), 2}, {amounts(3), 2}};
  const std::vector<PackingNode> nodes(2, {amounts(4), {true, true}});
  const Packing packing(kinds, nodes);
  ASSERT_TRUE(packing.is_complete());
  EXPECT_THAT(packing.ways(), ElementsAre(PackingCounts{2, 2}));
  EXPECT_THAT(packing.loads(0), ElementsAre(PackingCounts{1, 1}, PackingCounts{1, 1}));
}

TEST(Packing, ListsWhatCanBeHadOfEachKindWhereNotAllCan) {
  const std::vector<PackingKind> kinds = {{amounts(1), 4}, {amounts(2), 2}};
  const std::vector<PackingNode> nodes = {{amounts(4), {true, true}}};
  const Packing packing(kinds, nodes);
  EXPECT_THAT(packing.ways(), ElementsAre(PackingCounts{4, 0}, PackingCounts{2, 1}, PackingCounts{0, 2}));
}

TEST(Packing, PutsNothingWhereItIsNotAccepted) {
  const std::vector<PackingKind> kinds = {{amounts(1), 2}, {amounts(1), 2}};
  const std::vector<PackingNode> nodes = {{amounts(4), {true, false}}, {amounts(1), {false, true}}};
  const Packing packing(kinds, nodes);
  EXPECT_THAT(packing.ways(), ElementsAre(PackingCounts{2, 1}));
  EXPECT_THAT(packing.loads(0), ElementsAre(PackingCounts{2, 0}, PackingCounts{0, 1}));
}

TEST(Packing, GivesUpWhenThereIsTooMuchToLookAt) {
  const std::vector<PackingKind> kinds = {{amounts(1, 2), 9}, {amounts(2, 1), 9}, {amounts(2, 2), 9}};
  const std::vector<PackingNode> nodes(9, {amounts(5, 5), {true, true, true}});
  EXPECT_TRUE(Packing(kinds, nodes).is_complete());
  const Packing hurried(kinds, nodes, 100);
  EXPECT_FALSE(hurried.is_complete());
  EXPECT_THAT(hurried.ways(), IsEmpty());
}

/// Every number of tasks of each kind that can be placed, none of them within another.
std::set<PackingCounts> best_counts(const std::vector<PackingKind>& kinds, const std::vector<PackingNode>& nodes) {
  std::set<PackingCounts> reached;
  std::vector<Resources> room;
  for (const PackingNode& node : nodes) room.push_back(node.room);
  PackingCounts counts(kinds.size());
  const std::function<void(std::size_t, std::size_t)> place = [&](std::size_t kind, std::size_t from) {
    if (kind == kinds.size()) {
      reached.insert(counts);
      return;
    }
    place(kind + 1, 0);
    if (counts[kind] == kinds[kind].tasks) return;
    for (std::size_t at = from; at < nodes.size(); ++at) {
      if (!nodes[at].accepts[kind] || !kinds[kind].request.fits_in(room[at])) continue;
      room[at] -= kinds[kind].request;
      ++counts[kind];
      place(kind, at);
      --counts[kind];
      room[at] += kinds[kind].request;
    }
  };
  place(0, 0);
  std::set<PackingCounts> best;
  for (const PackingCounts& each : reached) {
    bool is_less = false;
    for (const PackingCounts& other : reached) {
      bool within = other != each;
      for (std::size_t kind = 0; kind < kinds.size(); ++kind) within = within && each[kind] <= other[kind];
      is_less = is_less || within;
    }
    if (!is_less) best.insert(each);
  }
  return best;
}

TEST(Packing, FindsEveryWayThatIsWorthLookingAt) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % (high - low + 1)); };
    std::vector<PackingKind> kinds;
    for (int kind = pick(1, 3); kind > 0; --kind) {
      kinds.push_back({amounts(pick(1, 3), pick(0, 3)), static_cast<std::uint32_t>(pick(1, 3))});
    }
    std::vector<PackingNode> nodes;
    for (int node = pick(1, 3); node > 0; --node) {
      PackingNode made{amounts(pick(0, 6), pick(0, 6)), {}};
      for (std::size_t kind = 0; kind < kinds.size(); ++kind) made.accepts.push_back(pick(0, 5) > 0);
      nodes.push_back(std::move(made));
    }
    const Packing packing(kinds, nodes);
    ASSERT_TRUE(packing.is_complete());
    const std::set<PackingCounts> found(packing.ways().begin(), packing.ways().end());
    EXPECT_EQ(best_counts(kinds, nodes), found) << "seed " << seed;
    EXPECT_EQ(found.size(), packing.ways().size()) << "seed " << seed;
    for (std::size_t way = 0; way < packing.ways().size(); ++way) {
      PackingCounts sum(kinds.size());
      const std::vector<PackingCounts> loads = packing.loads(way);
      for (std::size_t node = 0; node < nodes.size(); ++node) {
        Resources request;
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
          sum[kind] += loads[node][kind];
          EXPECT_TRUE(loads[node][kind] == 0 || nodes[node].accepts[kind]) << "seed " << seed;
          for (std::uint32_t i = 0; i < loads[node][kind]; ++i) request += kinds[kind].request;
        }
        EXPECT_TRUE(request.fits_in(nodes[node].room)) << "seed " << seed;
      }
      EXPECT_EQ(packing.ways()[way], sum) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace basalt
