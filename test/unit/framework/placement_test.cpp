#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "state/state.hpp"

// How filters and scores become a place: with terms made for the test.
namespace basalt {
namespace {

/// Raw scores by node name: the number at its end.
class NumberInName final : public ScoreTerm {
 public:
  NumberInName(const Cluster& cluster, Normalisation normalisation)
      : cluster_(cluster), normalisation_(normalisation) {}
  std::string_view name() const override { return "number"; }
  Normalisation normalisation() const override { return normalisation_; }
  std::int64_t weight() const override { return 2; }
  void score(const TaskView&, std::span<const NodeId> nodes, std::span<Score> out) const override {
    for (std::size_t i = 0; i < nodes.size(); ++i) out[i] = cluster_.node_name(nodes[i]).back() - '0';
  }

 private:
  const Cluster& cluster_;
  Normalisation normalisation_;
};

class Scorer final : public NodeOrder {
 public:
  struct Args {
    Normalisation normalisation = Normalisation::none;
    static Args read(ArgumentReader& reader) {
      return Args{static_cast<Normalisation>(reader.integer("scorer.normalisation", 0))};
    }
  };
  Scorer(const Args& args, const Session& session) : term_(session.cluster(), args.normalisation) {}
  std::vector<const ScoreTerm*> score_terms() const override { return {&term_}; }

 private:
  NumberInName term_;
};

std::vector<Score> scores_of(Normalisation normalisation, std::string_view nodes) {
  State state{Ownership{}};
  const auto deltas = parse_cluster_text(nodes);
  for (const Delta& delta : *deltas) state.apply(delta);
  Configuration configuration;
  Findings findings;
  const Arguments arguments = {{"scorer.normalisation", static_cast<int>(normalisation)}};
  configuration.tiers.emplace_back().plugins.push_back(
      PluginSlot{"scorer", plugin_type<Scorer>("scorer").configure(arguments, findings), {}});
  Session session(state.cluster(), configuration, Moment{});
  TaskId task;
  state.cluster().tasks().for_each([&](TaskId id, const Task&) { task = id; });
  return session.scores(task, state.cluster().nodes_in_order());
}

constexpr std::string_view kThreeNodes = "queue default\nnode n{1..3} cpu=1\npod p cpu=1";

TEST(Normalisation, LeavesRawScoresAloneButForTheWeight) {
  EXPECT_EQ((std::vector<Score>{2, 4, 6}), scores_of(Normalisation::none, kThreeNodes));
}

TEST(Normalisation, ByMaxGivesTheBestAHundredPointsAndFloorsTheRest) {
  EXPECT_EQ((std::vector<Score>{33 * 2 * kPoint, 66 * 2 * kPoint, 100 * 2 * kPoint}),
            scores_of(Normalisation::by_max, kThreeNodes));
}

TEST(Normalisation, ReversedGivesTheBestNothing) {
  EXPECT_EQ((std::vector<Score>{67 * 2 * kPoint, 34 * 2 * kPoint, 0}),
            scores_of(Normalisation::by_max_reversed, kThreeNodes));
}

TEST(Normalisation, OfAllZerosIsZeroAndReversedAHundred) {
  constexpr std::string_view kZero = "queue default\nnode n0 cpu=1\npod p cpu=1";
  EXPECT_EQ(std::vector<Score>{0}, scores_of(Normalisation::by_max, kZero));
  EXPECT_EQ(std::vector<Score>{200 * kPoint}, scores_of(Normalisation::by_max_reversed, kZero));
}

TEST(Normalisation, ByRangeGivesTheBestAHundredPointsAndTheWorstNone) {
  EXPECT_EQ((std::vector<Score>{0, 50 * 2 * kPoint, 100 * 2 * kPoint}),
            scores_of(Normalisation::by_range, kThreeNodes));
  constexpr std::string_view kEqual = "queue default\nnode n1 cpu=1\nnode m1 cpu=1\npod p cpu=1";
  EXPECT_EQ((std::vector<Score>{0, 0}), scores_of(Normalisation::by_range, kEqual));
}

TEST(Normalisation, BySumReversedGivesTheLowestAHundredPoints) {
  // 100 * (3 + 1 - raw) / 3
  EXPECT_EQ((std::vector<Score>{100 * 2 * kPoint, 66 * 2 * kPoint, 33 * 2 * kPoint}),
            scores_of(Normalisation::by_sum_reversed, kThreeNodes));
}

TEST(Normalisation, BySumReversedLeavesOutWhatIsOffTheScale) {
  // '/' is one below '0': -1.
  constexpr std::string_view kOff = "queue default\nnode a/ cpu=1\nnode b2 cpu=1\npod p cpu=1";
  EXPECT_EQ((std::vector<Score>{0, 100 * 2 * kPoint}), scores_of(Normalisation::by_sum_reversed, kOff));
}

}  // namespace
}  // namespace basalt
