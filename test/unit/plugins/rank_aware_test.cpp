#include "plugins/rank-aware/rank_aware.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "plugins/rank-aware/neighbour_term.hpp"
#include "plugins/rank-aware/ranks.hpp"
#include "unit/plugins/world.hpp"

namespace basalt {
namespace {

TEST(Rank, IsTheNumberAtTheEndOfAName) {
  EXPECT_EQ(3, number_at_end("train-worker-3"));
  EXPECT_EQ(12, number_at_end("train-12"));
  EXPECT_EQ(0, number_at_end("a-0"));
  for (const char* name : {"train", "12", "train-", "train-3a", "train-x7k2p", "train-1234567890"}) {
    EXPECT_EQ(std::nullopt, number_at_end(name)) << name;
  }
}

TEST(Rank, IsTheFirstLabelThatIsAWholeNumber) {
  World world;
  const JobId job = world.job("train", world.queue("default"), 1);
  const auto task = [&](const std::string& name, const std::vector<std::pair<std::string, std::string>>& labels) {
    std::vector<std::pair<Symbol, Symbol>> pairs;
    Symbols& symbols = world.cluster.symbols();
    for (const auto& [key, value] : labels) pairs.emplace_back(symbols.intern(key), symbols.intern(value));
    std::sort(pairs.begin(), pairs.end());
    Spec spec;
    spec.request = world.resources({{"cpu", 1000}});
    Task made;
    made.name = name;
    made.job = job;
    made.spec = world.cluster.intern_spec(std::move(spec));
    made.labels = world.cluster.intern_labels(PodLabels{made.spec, {}, LabelSet(std::move(pairs))});
    return world.cluster.insert_task(std::move(made));
  };
  EXPECT_EQ(1, rank_of(world.cluster, task("a-1", {})));
  EXPECT_EQ(5, rank_of(world.cluster, task("a-2", {{"volcano.sh/task-index", "5"}})));
  EXPECT_EQ(6, rank_of(world.cluster, task("a-xyz", {{"volcano.sh/task-index", "first"},
                                                     {"batch.kubernetes.io/job-completion-index", "6"}})));
  EXPECT_EQ(std::nullopt, rank_of(world.cluster, task("a-xyz", {{"app", "train"}})));
}

TEST(RankAwareArguments, AreAWeightThatIsNotNegative) {
  EXPECT_EQ("", text_of(Configured(rank_aware(), {{"rank-aware.weight", 3}}).findings));
  EXPECT_EQ("wrong: rank-aware: 'rank-aware.weight' is -1: expected 0 to 1000000\n",
            text_of(Configured(rank_aware(), {{"rank-aware.weight", -1}}).findings));
}

}  // namespace
}  // namespace basalt
