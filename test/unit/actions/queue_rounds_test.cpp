#include "actions/queue_rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

namespace basalt {
namespace {

/// One node, one plugin that orders queues, and a job in each queue.
class QueueRoundsTest : public testing::Test {
 protected:
  void order_by(const std::string& plugin, const Arguments& arguments) {
    const Registry registry{builtin_plugins(), builtin_actions()};
    Findings findings;
    Tier tier;
    tier.plugins.push_back({plugin, registry.find_plugin(plugin)->configure(arguments, findings), {}});
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
  }
  void apply(const std::string& lines) {
    const auto deltas = parse_cluster_text(lines);
    ASSERT_TRUE(deltas) << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  /// Gives a task a turn until nobody wants any; each time no queue that still waits may come before the one that is
  /// served.
  void expect_the_first_is_served_each_time() {
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::hours(1)), 1});
    const Cluster& cluster = session.cluster();
    const NodeId node = cluster.nodes_in_order().front();
    QueueRounds rounds(session);
    std::vector<std::pair<QueueId, std::vector<TaskId>>> waiting;
    cluster.jobs().for_each([&](JobId id, const Job& job) {
      rounds.add(id);
      waiting.emplace_back(job.queue, job.tasks);
    });
    while (const auto queue = rounds.next_queue()) {
      for (const auto& [other, tasks] : waiting) {
        ASSERT_FALSE(!tasks.empty() && session.queue_order(other, *queue) < 0);
      }
      const JobId job = rounds.next_job(*queue);
      const auto served =
          std::find_if(waiting.begin(), waiting.end(), [&](const auto& entry) { return entry.first == *queue; });
      Transaction tx = session.begin();
      ASSERT_TRUE(tx.allocate(served->second.back(), node));
      tx.commit();
      served->second.pop_back();
      if (!served->second.empty()) rounds.put_back(job);
      rounds.put_back(*queue);
    }
  }

  State state_{Ownership{}};
  Configuration configuration_;
};

TEST_F(QueueRoundsTest, ServeTheFirstQueueWhereAPlacementMovesAllOfAGroup) {
  order_by("drf", {{"enableHierarchy", true}});
  apply("node n1 cpu=400 pods=1000");
  std::mt19937 random(3);
  for (int queue = 0; queue < 24; ++queue) {
    const std::string name = std::to_string(queue);
    apply("queue q" + name + " annotation:volcano.sh/hierarchy=root/g" + std::to_string(queue % 5) + "/q" + name +
          " annotation:volcano.sh/hierarchy-weights=1/" + std::to_string(1 + queue % 5) + "/" +
          std::to_string(1 + random() % 3) + "\njob j" + name + " queue=q" + name + " min=1\ntask j" + name + "-{1.." +
          std::to_string(1 + random() % 9) + "} cpu=" + std::to_string(1 + random() % 2));
  }
  expect_the_first_is_served_each_time();
}

TEST_F(QueueRoundsTest, ServeTheFirstQueueWhereAPlacementMovesABranch) {
  order_by("capacity", {{"enableHierarchy", true}});
  apply("node n1 cpu=400 pods=1000\nqueue root");
  for (int branch = 0; branch < 4; ++branch) {
    apply("queue b" + std::to_string(branch) + " parent=root deserved.cpu=" + std::to_string(20 + 10 * branch));
  }
  std::mt19937 random(5);
  for (int queue = 0; queue < 16; ++queue) {
    const std::string name = std::to_string(queue);
    apply("queue q" + name + " parent=b" + std::to_string(queue % 4) +
          " deserved.cpu=" + std::to_string(1 + random() % 9) + "\njob j" + name + " queue=q" + name +
          " min=1\ntask j" + name + "-{1.." + std::to_string(1 + random() % 9) + "} cpu=1");
  }
  expect_the_first_is_served_each_time();
}

}  // namespace
}  // namespace basalt
