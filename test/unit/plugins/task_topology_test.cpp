#include "plugins/task-topology/task_topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <random>

#include "plugins/task-topology/co_location.hpp"
#include "plugins/task-topology/role_affinities.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

using ::testing::ElementsAre;

Resources cpus(std::int64_t count) {
  Resources amount;
  amount.set(kCpu, count * 1000);
  return amount;
}

constexpr std::size_t kServer = 0, kWorker = 1;

Attractions servers_and_workers(std::int64_t between_servers = 0) {
  Attractions attractions(2);
  attractions.set(kServer, kWorker, 1);
  attractions.set(kServer, kServer, between_servers);
  return attractions;
}

std::vector<TaskKind> two_servers_four_workers() {
  return {TaskKind{kServer, 2, cpus(1)}, TaskKind{kWorker, 4, cpus(1)}};
}

PlanNode node(std::int64_t room, std::vector<std::uint32_t> placed = {0, 0}) {
  return PlanNode{cpus(room), std::move(placed), {true, true}};
}

TEST(CoLocation, SharesOutServersWhereANodeCannotHoldAll) {
  const auto plan = best_co_location(servers_and_workers(), two_servers_four_workers(), {node(3), node(3)});
  EXPECT_TRUE(plan.is_exact);
  EXPECT_EQ((PlanValue{6, 4, 18}), plan.value);
  EXPECT_THAT(plan.on, ElementsAre(KindCounts{1, 2}, KindCounts{1, 2}));
}

TEST(CoLocation, TakesOneNodeWhereItHoldsAll) {
  const auto plan = best_co_location(servers_and_workers(-1), two_servers_four_workers(), {node(3), node(6), node(3)});
  EXPECT_THAT(plan.on, ElementsAre(KindCounts{0, 0}, KindCounts{2, 4}, KindCounts{0, 0}));
}

TEST(CoLocation, JoinsWhatIsPlaced) {
  const std::vector<TaskKind> workers = {TaskKind{kServer, 0, cpus(1)}, TaskKind{kWorker, 2, cpus(1)}};
  const auto plan = best_co_location(servers_and_workers(), workers, {node(2), node(1, {1, 0}), node(1, {1, 0})});
  EXPECT_THAT(plan.on, ElementsAre(KindCounts{0, 0}, KindCounts{0, 1}, KindCounts{0, 1}));
}

TEST(CoLocation, LeavesLargeRoomsWholeForOthers) {
  const std::vector<TaskKind> worker = {TaskKind{kServer, 0, cpus(1)}, TaskKind{kWorker, 1, cpus(1)}};
  const auto plan = best_co_location(servers_and_workers(), worker, {node(3), node(1), node(2)});
  EXPECT_THAT(plan.on, ElementsAre(KindCounts{0, 0}, KindCounts{0, 1}, KindCounts{0, 0}));
}

TEST(CoLocation, PlacesAsManyAsThereIsRoomForAndTheMostAttractedOfThem) {
  const auto plan = best_co_location(servers_and_workers(), two_servers_four_workers(), {node(3)});
  EXPECT_EQ(3, plan.value.placed);
  EXPECT_EQ(2, plan.value.attraction);
}

TEST(CoLocation, GoesNowhereANodeDoesNotAcceptIt) {
  PlanNode for_workers = node(6);
  for_workers.accepts = {false, true};
  const auto plan = best_co_location(servers_and_workers(), two_servers_four_workers(), {for_workers, node(3)});
  EXPECT_THAT(plan.on, ElementsAre(KindCounts{0, 3}, KindCounts{2, 1}));
}

TEST(CoLocation, OfManyTasksIsGoodIfNotTheBest) {
  const std::vector<TaskKind> many = {TaskKind{kServer, 40, cpus(1)}, TaskKind{kWorker, 400, cpus(1)}};
  const std::vector<PlanNode> nodes(100, node(8));
  const auto plan = best_co_location(servers_and_workers(), many, nodes);
  EXPECT_FALSE(plan.is_exact);
  EXPECT_EQ(440, plan.value.placed);
  EXPECT_GE(plan.value.attraction, 280) << "seven workers beside each server is what forty nodes hold";
}

/// The best value over all ways to place tasks, one after the other.
class EveryWay {
 public:
  EveryWay(const Attractions& attractions, const std::vector<TaskKind>& kinds, const std::vector<PlanNode>& nodes)
      : attractions_(attractions), kinds_(kinds), nodes_(nodes), on_(nodes.size(), KindCounts(kinds.size())) {
    for (const PlanNode& each : nodes) room_.push_back(each.room);
  }
  PlanValue best() {
    place(0, 0, 0);
    return *best_;
  }

 private:
  void place(std::size_t kind, std::uint32_t number, std::size_t from) {
    if (kind == kinds_.size()) {
      const PlanValue value = value_of(attractions_, kinds_, nodes_, on_);
      if (!best_ || value > *best_) best_ = value;
      return;
    }
    if (number == kinds_[kind].tasks) return place(kind + 1, 0, 0);
    for (std::size_t at = from; at < nodes_.size(); ++at) {
      if (!nodes_[at].accepts[kind] || !kinds_[kind].request.fits_in(room_[at])) continue;
      ++on_[at][kind];
      room_[at] -= kinds_[kind].request;
      place(kind, number + 1, at);
      room_[at] += kinds_[kind].request;
      --on_[at][kind];
    }
    place(kind + 1, 0, 0);  // the rest of the kind gets no place
  }

  const Attractions& attractions_;
  const std::vector<TaskKind>& kinds_;
  const std::vector<PlanNode>& nodes_;
  std::vector<KindCounts> on_;
  std::vector<Resources> room_;
  std::optional<PlanValue> best_;
};

TEST(CoLocation, IsTheBestOfAllWays) {
  int greedy_is_best = 0;
  constexpr int kCases = 300;
  for (std::uint32_t seed = 1; seed <= kCases; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % (high - low + 1)); };
    Attractions attractions(3);
    for (std::size_t left = 0; left < 3; ++left) {
      for (std::size_t right = left; right < 3; ++right) attractions.set(left, right, pick(-1, 1));
    }
    std::vector<TaskKind> kinds;
    for (int kind = pick(1, 3); kind > 0; --kind) {
      kinds.push_back({static_cast<std::size_t>(pick(0, 2)), static_cast<std::uint32_t>(pick(1, 2)), cpus(pick(1, 2))});
    }
    std::vector<PlanNode> nodes;
    for (int i = pick(1, 4); i > 0; --i) {
      PlanNode made{cpus(pick(0, 4)), {0, 0, 0}, {}};
      for (auto& placed : made.placed) placed = static_cast<std::uint32_t>(pick(0, 4) / 4);
      for (std::size_t kind = 0; kind < kinds.size(); ++kind) made.accepts.push_back(pick(0, 5) > 0);
      nodes.push_back(std::move(made));
    }
    const PlanValue best = EveryWay(attractions, kinds, nodes).best();
    const CoLocation plan = best_co_location(attractions, kinds, nodes);
    ASSERT_TRUE(plan.is_exact);
    EXPECT_EQ(best, plan.value) << "seed " << seed;
    EXPECT_EQ(plan.value, value_of(attractions, kinds, nodes, plan.on)) << "seed " << seed;
    const CoLocation greedy = best_co_location(attractions, kinds, nodes, 0);
    ASSERT_FALSE(greedy.is_exact);
    EXPECT_LE(greedy.value, best) << "seed " << seed;
    greedy_is_best += greedy.value.placed == best.placed && greedy.value.attraction == best.attraction ? 1 : 0;
  }
  EXPECT_GT(greedy_is_best, kCases / 2);
  std::cout << greedy_is_best << " of " << kCases << " small plans are the best without looking at all ways\n";
}

class Roles : public ::testing::Test {
 protected:
  Roles() {
    for (const char* role : {"ps", "ps", "worker", "chief"}) {
      Task row;
      row.role = world_.cluster.symbols().intern(role);
      world_.task(job_, std::string(role) + "-" + std::to_string(++tasks_), {{"cpu", 1000}}, {}, std::move(row));
    }
  }
  [[nodiscard]] std::size_t number(const RoleAffinities& roles, std::string_view name) const {
    return roles.number_of(*world_.cluster.symbols().find(name)).value();
  }

  World world_;
  JobId job_ = world_.job("train", world_.queue("default"), 1);
  int tasks_ = 0;
};

TEST_F(Roles, AttractEachOtherAsTheGroupsSay) {
  const RoleAffinities roles({{{"ps", "worker"}, {"worker"}}, {{"ps"}, {"worker", "chief"}}, {}}, world_.cluster, job_);
  const std::size_t ps = number(roles, "ps"), worker = number(roles, "worker"), chief = number(roles, "chief");
  EXPECT_EQ(1, roles.attractions().between(ps, worker));
  EXPECT_EQ(-1, roles.attractions().between(ps, ps));
  EXPECT_EQ(1, roles.attractions().between(worker, worker));
  EXPECT_EQ(-1, roles.attractions().between(chief, worker));
  EXPECT_EQ(0, roles.attractions().between(chief, ps));
  EXPECT_EQ(4, roles.priority(ps));
  EXPECT_EQ(3, roles.priority(worker));
  EXPECT_EQ(1, roles.priority(chief));
}

TEST_F(Roles, ThatOnlyTheOrderNamesAreOrderedAndInNoBucket) {
  const RoleAffinities roles({{{"ps", "worker"}}, {}, {"chief", "ps"}}, world_.cluster, job_);
  EXPECT_FALSE(roles.is_placed_by_affinity(number(roles, "chief")));
  EXPECT_EQ(2U, roles.order(number(roles, "chief")));
  EXPECT_EQ(1U, roles.order(number(roles, "ps")));
  EXPECT_EQ(0U, roles.order(number(roles, "worker")));
  EXPECT_EQ(1U, roles.highest_order());
}

TEST_F(Roles, ThatNoTaskHasSayNothingYet) {
  const RoleAffinities roles({{{"ps", "wroker"}}, {{"evaluator"}}, {}}, world_.cluster, job_);
  EXPECT_THAT(roles.unknown(), ElementsAre("evaluator", "wroker"));
  EXPECT_FALSE(roles.is_placed_by_affinity(number(roles, "ps")));
}

TEST(TaskTopologyArguments, AreAWeightThatIsNotNegative) {
  EXPECT_EQ("", text_of(Configured(task_topology(), {{"task-topology.weight", 10}}).findings));
  EXPECT_EQ("wrong: task-topology: 'task-topology.weight' is -1: expected 0 to 1000000\n",
            text_of(Configured(task_topology(), {{"task-topology.weight", -1}}).findings));
}

}  // namespace
}  // namespace basalt
