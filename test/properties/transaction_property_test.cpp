#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

// Transactions undo exactly: whatever was tried, columns of plugins included.
namespace basalt {
namespace {

class TransactionProperty : public ::testing::Test {
 protected:
  TransactionProperty() {
    const auto deltas = parse_cluster_text(R"(
      queue default
      node n{0..5} cpu=4 memory=8Gi
      job  a min=2
      job  b min=3
      task a-{0..5} cpu=1 memory=1Gi
      task b-{0..5} cpu=2
      task a-9 cpu=1 on=n0 status=running
      task b-9 cpu=1 on=n1 status=running
      pod  leaving scheduler=other cpu=2 on=n2 status=running deleting)");
    for (const Delta& delta : *deltas) state_.apply(delta);
    Tier tier;
    Findings findings;
    for (const PluginType& type : builtin_plugins()) {
      tier.plugins.push_back(PluginSlot{type.name, type.configure({}, findings), {}});
    }
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
    state_.cluster().tasks().for_each([&](TaskId id, const Task&) { tasks_.push_back(id); });
  }

  /// One random change that the rules allow, if the dice find one.
  void change(Transaction& tx, std::mt19937& random) {
    const Cluster& cluster = state_.cluster();
    const TaskId task = tasks_[random() % tasks_.size()];
    const NodeId node = cluster.nodes_in_order()[random() % cluster.nodes_in_order().size()];
    switch (cluster.status(task)) {
      case TaskStatus::pending:
        if (random() % 2 == 0 && !cluster.idle_shortage(node, cluster.spec(task).request)) {
          EXPECT_TRUE(tx.allocate(task, node));
        } else if (!cluster.future_shortage(node, cluster.spec(task).request)) {
          tx.pipeline(task, node);
        }
        break;
      case TaskStatus::pipelined: tx.release(task); break;
      case TaskStatus::running: tx.evict(task, "preempt"); break;
      default: break;
    }
  }

  State state_{Ownership{}};
  Configuration configuration_;
  std::vector<TaskId> tasks_;
};

TEST_F(TransactionProperty, WhatIsNotCommittedLeavesNoTrace) {
  Cluster& cluster = state_.cluster();
  const std::uint64_t before = cluster.fingerprint();
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Session session(cluster, configuration_, Moment{});
    {
      Transaction outer = session.begin();
      std::vector<std::pair<Transaction::Savepoint, std::uint64_t>> marks;
      for (int step = 0; step < 30; ++step) {
        change(outer, random);
        if (random() % 5 == 0) marks.emplace_back(outer.savepoint(), cluster.fingerprint());
        if (!marks.empty() && random() % 7 == 0) {
          outer.rollback(marks.back().first);
          ASSERT_EQ(marks.back().second, cluster.fingerprint()) << "seed " << seed << ", step " << step;
          marks.pop_back();
        }
        if (random() % 9 == 0) {
          const std::uint64_t here = cluster.fingerprint();
          {
            Transaction inner = session.begin();
            change(inner, random);
          }
          ASSERT_EQ(here, cluster.fingerprint()) << "seed " << seed << ", step " << step;
        }
      }
    }
    ASSERT_EQ(before, cluster.fingerprint()) << "seed " << seed;
  }
}

TEST_F(TransactionProperty, ClosingASessionRestoresTheTablesAndKeepsTheDecisions) {
  Cluster& cluster = state_.cluster();
  const std::uint64_t before = cluster.fingerprint();
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    Session session(cluster, configuration_, Moment{});
    std::size_t placed = 0;
    {
      Transaction tx = session.begin();
      for (int step = 0; step < 20; ++step) change(tx, random);
      tx.commit();
    }
    for (const TaskId task : tasks_) placed += cluster.status(task) == TaskStatus::allocated ? 1 : 0;
    const Decisions decisions = std::move(session).close();
    ASSERT_EQ(before, cluster.fingerprint()) << "seed " << seed;
    std::size_t binds = 0;
    for (const Decision& decision : decisions) binds += std::holds_alternative<Bind>(decision) ? 1 : 0;
    EXPECT_EQ(placed, binds) << "seed " << seed;
  }
}

}  // namespace
}  // namespace basalt
