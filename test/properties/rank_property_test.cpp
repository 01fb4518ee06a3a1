#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// Where ranks of a gang of equal pods are, on clusters of racks and rows that others' pods have filled in part: in
// every node, rack and row they follow each other without a gap.
namespace basalt {
namespace {

constexpr int kRows = 2, kRacksARow = 3, kNodesARack = 3;
constexpr int kNodes = kRows * kRacksARow * kNodesARack;

int rack_of(int node) { return node / kNodesARack; }
int row_of(int node) { return node / (kNodesARack * kRacksARow); }

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    apply("queue default");
    for (int node = 0; node < kNodes; ++node) apply("node n" + number(node) + " cpu=" + number(pick(1, 4)));
    for (int rack = 0; rack < kRows * kRacksARow; ++rack) {
      std::string names;
      for (int i = 0; i < kNodesARack; ++i) names += (i == 0 ? "n" : ",n") + number(rack * kNodesARack + i);
      apply("hyper-node rack" + number(rack) + " tier=1 nodes=" + names);
    }
    for (int row = 0; row < kRows; ++row) {
      std::string names;
      for (int i = 0; i < kRacksARow; ++i) names += (i == 0 ? "rack" : ",rack") + number(row * kRacksARow + i);
      apply("hyper-node row" + number(row) + " tier=2 hyper-nodes=" + names);
    }
    for (int i = pick(0, 10); i > 0; --i) {
      apply("pod other" + number(i) + " scheduler=default-scheduler cpu=1 status=running on=n" +
            number(pick(0, kNodes - 1)));
    }
    members_ = pick(2, 20);
    apply("job train min=" + number(members_) + " topology=soft");
    for (int rank = 0; rank < members_; ++rank) apply("task train-worker-" + number(rank) + " job=train cpu=1");
    scores_ = pick(0, 2);
  }

  /// The node of each rank; empty: the gang waits.
  std::vector<int> decide() {
    Configuration configuration;
    Findings findings;
    const Registry registry{builtin_plugins(), builtin_actions()};
    configuration.actions.push_back(ActionSlot{"allocate", registry.find_action("allocate")->configure({}, findings)});
    std::vector<std::string> names = {"gang", "predicates", "network-topology-aware", "rank-aware"};
    if (scores_ == 1) names.emplace_back("nodeorder");
    if (scores_ == 2) names.emplace_back("binpack");
    Tier& tier = configuration.tiers.emplace_back();
    for (const std::string& name : names) {
      tier.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure({}, findings), {}});
    }
    configuration.attach(state_.cluster());
    Session session(state_.cluster(), configuration, Moment{});
    for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
    std::map<int, int> by_rank;
    for (const Decision& decision : std::move(session).close()) {
      const auto* bind = std::get_if<Bind>(&decision);
      if (bind == nullptr) continue;
      const std::string& name = state_.cluster().tasks()[bind->task].name;
      by_rank[std::stoi(name.substr(name.rfind('-') + 1))] =
          std::stoi(state_.cluster().node_name(bind->node).substr(1));
    }
    std::vector<int> nodes;
    for (const auto& [rank, node] : by_rank) nodes.push_back(node);
    EXPECT_TRUE(nodes.empty() || static_cast<int>(nodes.size()) == members_);
    return nodes;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  static std::string number(int value) { return std::to_string(value); }
  void apply(const std::string& line) {
    text_ += line + "\n";
    const auto deltas = parse_cluster_text(line, ++second_);
    ASSERT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  std::mt19937 random_;
  State state_{Ownership{}};
  std::string text_;
  std::int64_t second_ = 0;
  int members_ = 0, scores_ = 0;
};

/// How often neighbouring ranks are in two domains, and how many domains there are.
template <class DomainOf>
void expect_no_gaps(const std::vector<int>& nodes, DomainOf&& domain_of, const char* what) {
  std::set<int> domains;
  std::size_t changes = 0;
  for (std::size_t rank = 0; rank < nodes.size(); ++rank) {
    domains.insert(domain_of(nodes[rank]));
    if (rank > 0 && domain_of(nodes[rank]) != domain_of(nodes[rank - 1])) ++changes;
  }
  EXPECT_EQ(domains.size() - 1, changes) << what;
}

TEST(RankAware, RanksInADomainFollowEachOtherWithoutAGap) {
  std::uint32_t placed = 0;
  const std::uint32_t seeds = testing::cases(500);
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    World world(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
    const std::vector<int> nodes = world.decide();
    if (nodes.empty()) continue;
    ++placed;
    expect_no_gaps(
        nodes, [](int node) { return node; }, "nodes");
    expect_no_gaps(nodes, rack_of, "racks");
    expect_no_gaps(nodes, row_of, "rows");
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(placed, seeds / 2);
}

}  // namespace
}  // namespace basalt
