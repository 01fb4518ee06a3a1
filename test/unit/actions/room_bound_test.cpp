#include "actions/room_bound.hpp"

#include <random>

#include <gtest/gtest.h>

#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

namespace basalt {
namespace {

class RoomBound : public testing::Test {
 protected:
  void apply(const std::string& text) {
    const auto deltas = parse_cluster_text("queue default\njob j min=1\n" + text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  std::vector<TaskId> waiting() {
    std::vector<TaskId> tasks;
    state_.cluster().jobs().for_each([&](JobId, const Job& job) {
      for (const TaskId task : job.tasks) {
        if (state_.cluster().status(task) == TaskStatus::pending) tasks.push_back(task);
      }
    });
    return tasks;
  }
  std::size_t most(std::size_t enough = 1000) {
    const std::vector<TaskId> tasks = waiting();
    return most_that_fit(state_.cluster(), tasks, state_.cluster().nodes_in_order(), enough);
  }

  State state_{Ownership{}};
};

TEST_F(RoomBound, CountsEachNodeByWhatItIsShortestOf) {
  apply("node n1 cpu=4 memory=1Gi\nnode n2 cpu=1 memory=9Gi\ntask j-{0..9} cpu=1 memory=1Gi");
  EXPECT_EQ(2, most());
}

TEST_F(RoomBound, CountsNoFurtherThanWhatWaitsOrIsAskedFor) {
  apply("node n{1..3} cpu=9\ntask j-{0..4} cpu=1");
  EXPECT_EQ(5, most());
  EXPECT_EQ(2, most(2));
}

TEST_F(RoomBound, CountsWhatIsLeavingAsRoomAndWhatIsReservedAsTaken) {
  apply("node n1 cpu=3\npod old cpu=2 on=n1 status=running deleting scheduler=other\ntask j-{0..4} cpu=1");
  EXPECT_EQ(3, most());
  state_.cluster().move(waiting().back(), TaskStatus::pipelined, state_.cluster().nodes_in_order().front());
  EXPECT_EQ(2, most());
}

/// Whatever the mixture, first fit never places more than the bound says.
TEST_F(RoomBound, IsNeverBelowWhatCanBePlaced) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    State state{Ownership{}};
    std::string text = "queue default\njob j min=1\n";
    for (int i = pick(1, 4); i > 0; --i) {
      text += "node n" + std::to_string(i) + " cpu=" + std::to_string(pick(0, 6)) +
              " memory=" + std::to_string(pick(0, 6)) + " pods=" + std::to_string(pick(0, 5)) + "\n";
    }
    const int specs = seed % 2 == 0 ? 3 : 40;  // few: counted by spec; many: by kind
    for (int i = 0; i < pick(1, 40); ++i) {
      const int spec = pick(1, specs);
      text += "task j-" + std::to_string(i) + " cpu=" + std::to_string(spec % 4) +
              " memory=" + std::to_string(spec % 3) + " select:spec=" + std::to_string(spec) + "\n";
    }
    const auto deltas = parse_cluster_text(text);
    ASSERT_TRUE(deltas.has_value()) << deltas.error().message;
    for (const Delta& delta : *deltas) state.apply(delta);
    Cluster& cluster = state.cluster();
    std::vector<TaskId> tasks;
    cluster.tasks().for_each([&](TaskId id, const Task&) { tasks.push_back(id); });
    std::shuffle(tasks.begin(), tasks.end(), random);
    const std::size_t bound = most_that_fit(cluster, tasks, cluster.nodes_in_order(), tasks.size());
    std::size_t placed = 0;
    for (const TaskId task : tasks) {
      for (const NodeId node : cluster.nodes_in_order()) {
        if (cluster.future_shortage(node, cluster.spec(task).request)) continue;
        cluster.move(task, TaskStatus::pipelined, node);
        ++placed;
        break;
      }
    }
    EXPECT_LE(placed, bound) << "seed " << seed << "\n" << text;
  }
}

}  // namespace
}  // namespace basalt
