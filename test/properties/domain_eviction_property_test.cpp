#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "src/actions/eviction_cost.hpp"
#include "state/state.hpp"

// Room for a gang within a HyperNode, against an oracle that looks at every domain and every set of
// victims: small clusters, cpu alone, nobody protected but who is not preemptable.
namespace basalt {
namespace {

/// A pod that runs.
struct Runner {
  std::string name;
  int node = 0, cpu = 1, priority = 0;  // of its job: 1 or 50
  bool may_go = true;
};

/// One gang with a hard topology, and what stands in its way.
class GangWorld {
 public:
  GangWorld(std::uint32_t seed, bool reclaims) : random_(seed), reclaims_(reclaims) {
    equal_sizes_ = chance(2);
    racks_ = pick(1, 3);
    for (int rack = 0; rack < racks_; ++rack) {
      for (int i = pick(1, 2); i > 0; --i) node_rack_.push_back(rack);
    }
    for (std::size_t i = 0; i < node_rack_.size(); ++i) cpu_.push_back(pick(1, 3));
    fill();
    size_ = equal_sizes_ ? 1 : pick(1, 2);
    members_ = pick(1, 4);
    minimum_ = pick(1, members_);
    tier_ = racks_ == 1 ? 1 : pick(1, 2);  // above a single rack is the whole cluster
    // One member may run already, where there is room: then the others go where it is.
    for (std::size_t node = 0; node < cpu_.size() && chance(3) && !placed_; ++node) {
      if (free(node) >= size_) placed_ = static_cast<int>(node);
    }
    for (const std::string& line : lines()) text_ += line + "\n";
    std::int64_t second = 0;
    for (const std::string& line : lines()) {
      const auto deltas = parse_cluster_text(line, ++second);
      EXPECT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
      for (const Delta& delta : *deltas) state_.apply(delta);
    }
  }

  Decisions decide() {
    Configuration configuration;
    Findings findings;
    const Registry registry{builtin_plugins(), builtin_actions()};
    for (const std::string& name :
         {std::string("enqueue"), std::string("allocate"), std::string(reclaims_ ? "reclaim" : "preempt")}) {
      configuration.actions.push_back(ActionSlot{name, registry.find_action(name)->configure({}, findings)});
    }
    std::vector<std::vector<std::string>> tiers = {{"priority", "gang", "conformance"},
                                                   {"predicates", "network-topology-aware"}};
    if (reclaims_) tiers[1].emplace_back("proportion");
    for (const auto& names : tiers) {
      Tier& tier = configuration.tiers.emplace_back();
      for (const std::string& name : names) {
        tier.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure({}, findings), {}});
      }
    }
    configuration.attach(state_.cluster());
    Session session(state_.cluster(), configuration, Moment{});
    for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
    return std::move(session).close();
  }

  // --- the oracle ---

  /// The domains in which the gang may be, tier by tier.
  [[nodiscard]] std::vector<std::vector<std::vector<int>>> domains() const {
    std::vector<std::vector<std::vector<int>>> tiers(2);
    for (int rack = 0; rack < racks_; ++rack) tiers[0].push_back(nodes_of([&](int of) { return of == rack; }));
    if (racks_ > 1) tiers[1].push_back(nodes_of([&](int of) { return of < 2; }));
    tiers.resize(static_cast<std::size_t>(tier_));
    for (auto& tier : tiers) {
      std::erase_if(tier, [&](const std::vector<int>& nodes) {
        return placed_ && std::find(nodes.begin(), nodes.end(), *placed_) == nodes.end();
      });
    }
    return tiers;
  }
  /// Whether the missing members fit on some nodes without some runners.
  [[nodiscard]] bool fits(const std::vector<int>& nodes, const std::set<std::string>& gone) const {
    int places = 0;
    for (const int node : nodes) {
      int room = free(static_cast<std::size_t>(node));
      for (const Runner& runner : runners_) {
        if (runner.node == node && gone.contains(runner.name)) room += runner.cpu;
      }
      if (placed_ == node) room -= size_;
      places += room / size_;
    }
    return places >= missing();
  }
  /// Whether so many members fit on one node beside what runs there, without some runners.
  [[nodiscard]] bool holds(int node, std::ptrdiff_t members, const std::set<std::string>& gone) const {
    std::ptrdiff_t room = free(static_cast<std::size_t>(node)) - (placed_ == node ? size_ : 0);
    for (const Runner& runner : runners_) {
      if (runner.node == node && gone.contains(runner.name)) room += runner.cpu;
    }
    return room >= members * size_;
  }
  /// What the cheapest victims on some nodes cost, over all sets of them; nothing: nobody's going suffices.
  [[nodiscard]] std::optional<EvictionCost> least_cost(const std::vector<int>& nodes) {
    std::vector<const Runner*> candidates;
    for (const Runner& runner : runners_) {
      if (runner.may_go && std::find(nodes.begin(), nodes.end(), runner.node) != nodes.end()) {
        candidates.push_back(&runner);
      }
    }
    std::optional<EvictionCost> least;
    for (std::uint32_t set = 0; set < (1U << candidates.size()); ++set) {
      std::set<std::string> gone;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if ((set >> i & 1U) != 0) gone.insert(candidates[i]->name);
      }
      if (!fits(nodes, gone)) continue;
      const EvictionCost cost = cost_of(gone);
      if (!least || cost < *least) least = cost;
    }
    return least;
  }
  [[nodiscard]] EvictionCost cost_of(const std::set<std::string>& gone) {
    std::vector<TaskId> victims;
    state_.cluster().tasks().for_each([&](TaskId id, const Task& task) {
      if (gone.contains(task.name)) victims.push_back(id);
    });
    return EvictionCost::of(victims, state_.cluster());
  }

  [[nodiscard]] int missing() const { return std::max(minimum_ - (placed_ ? 1 : 0), 0); }
  [[nodiscard]] bool equal_sizes() const { return equal_sizes_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  State& state() { return state_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int of) { return pick(1, of) == 1; }
  static std::string number(std::int64_t value) { return std::to_string(value); }

  template <class Rack>
  [[nodiscard]] std::vector<int> nodes_of(Rack&& is_in) const {
    std::vector<int> nodes;
    for (std::size_t i = 0; i < node_rack_.size(); ++i) {
      if (is_in(node_rack_[i])) nodes.push_back(static_cast<int>(i));
    }
    return nodes;
  }
  [[nodiscard]] int free(std::size_t node) const {
    int room = cpu_[node];
    for (const Runner& runner : runners_) room -= runner.node == static_cast<int>(node) ? runner.cpu : 0;
    return room;
  }

  void fill() {
    for (std::size_t node = 0; node < cpu_.size(); ++node) {
      while (free(node) > 0 && !chance(8) && runners_.size() < 10) {
        const int cpu = equal_sizes_ ? 1 : pick(1, free(node));
        const int priority = chance(2) ? 1 : 50;
        const std::string job = priority == 1 ? "low" : "middle";
        runners_.push_back({job + "-" + number(static_cast<std::int64_t>(runners_.size())), static_cast<int>(node), cpu,
                            priority, !chance(4)});
      }
    }
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines = {"queue theirs weight=1", "queue ours weight=1000000",
                                      "priority-class low value=1", "priority-class middle value=50",
                                      "priority-class high value=100"};
    const std::string theirs = reclaims_ ? "theirs" : "ours";
    for (std::size_t i = 0; i < cpu_.size(); ++i) {
      lines.push_back("node n" + number(static_cast<std::int64_t>(i)) + " cpu=" + number(cpu_[i]));
    }
    for (int rack = 0; rack < racks_; ++rack) {
      std::string line = "hyper-node r" + number(rack) + " tier=1";
      bool is_first = true;
      for (const int node : nodes_of([&](int of) { return of == rack; })) {
        line += (is_first ? " nodes=n" : ",n") + number(node);
        is_first = false;
      }
      lines.push_back(line);
    }
    if (racks_ > 1) lines.emplace_back("hyper-node w tier=2 hyper-nodes=r0,r1");
    lines.push_back("job low min=0 phase=Running priority=low queue=" + theirs);
    lines.push_back("job middle min=0 phase=Running priority=middle queue=" + theirs);
    for (const Runner& runner : runners_) {
      lines.push_back("task " + runner.name + " cpu=" + number(runner.cpu) + " status=running on=n" +
                      number(runner.node) + (runner.may_go ? "" : " annotation:volcano.sh/preemptable=false"));
    }
    lines.push_back("job gang min=" + number(minimum_) +
                    " phase=Inqueue priority=high queue=ours topology=hard:" + number(tier_));
    if (reclaims_) {  // so that theirs deserves nothing that runs, and ours all in the racks
      lines.emplace_back("node spare cpu=1");
      lines.emplace_back("job vast min=1 phase=Inqueue queue=ours");
      lines.emplace_back("task vast-0 cpu=1000");
    }
    for (int i = 0; i < members_; ++i) {
      lines.push_back("task gang-" + number(i) + " cpu=" + number(size_) +
                      (i == 0 && placed_ ? " status=running on=n" + number(*placed_) : ""));
    }
    return lines;
  }

  std::mt19937 random_;
  bool reclaims_;
  bool equal_sizes_ = false;
  int racks_ = 1, size_ = 1, members_ = 1, minimum_ = 1, tier_ = 1;
  std::vector<int> node_rack_;  // by node
  std::vector<int> cpu_;        // by node
  std::vector<Runner> runners_;
  std::optional<int> placed_;  // the node of the gang's first member
  std::string text_;
  State state_{Ownership{}};
};

/// What was decided about the gang.
struct Outcome {
  std::set<std::string> victims;
  std::vector<int> reserved, bound;  // nodes, one a member
};

Outcome outcome_of(const Decisions& decisions, const Cluster& cluster) {
  Outcome outcome;
  const auto node = [&](NodeId id) { return std::stoi(cluster.node_name(id).substr(1)); };
  for (const Decision& decision : decisions) {
    if (const auto* evict = std::get_if<Evict>(&decision)) outcome.victims.insert(cluster.tasks()[evict->task].name);
    if (const auto* reserve = std::get_if<Reserve>(&decision)) outcome.reserved.push_back(node(reserve->node));
    if (const auto* bind = std::get_if<Bind>(&decision)) outcome.bound.push_back(node(bind->node));
  }
  return outcome;
}

bool contains_all(const std::vector<int>& nodes, const std::vector<int>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](int node) { return std::find(nodes.begin(), nodes.end(), node) != nodes.end(); });
}

void check(GangWorld& world, std::size_t& evicted) {
  const Decisions decisions = world.decide();
  const Outcome outcome = outcome_of(decisions, world.state().cluster());
  const auto domains = world.domains();
  bool fits_as_it_is = false;
  for (const auto& tier : domains) {
    for (const auto& nodes : tier) fits_as_it_is = fits_as_it_is || world.fits(nodes, {});
  }
  if (fits_as_it_is || world.missing() == 0) return;  // what it lacks is allocate's to place
  ASSERT_TRUE(outcome.bound.empty());

  // The first tier in which somebody's going suffices decides; in it the cheapest domain.
  std::optional<EvictionCost> least;
  const std::vector<std::vector<int>>* tier = nullptr;
  for (const auto& candidate : domains) {
    for (const auto& nodes : candidate) {
      const auto cost = world.least_cost(nodes);
      if (cost && (!least || *cost < *least)) least = cost;
    }
    tier = &candidate;
    if (least) break;
  }
  if (!least) {
    EXPECT_EQ(std::set<std::string>{}, outcome.victims);
    EXPECT_TRUE(outcome.reserved.empty());
    return;
  }
  ++evicted;
  EXPECT_EQ(static_cast<std::size_t>(world.missing()), outcome.reserved.size());
  const auto domain = std::find_if(tier->begin(), tier->end(),
                                   [&](const auto& nodes) { return contains_all(nodes, outcome.reserved); });
  ASSERT_NE(tier->end(), domain) << "not in one domain of the first tier that holds it";
  EXPECT_TRUE(world.fits(*domain, outcome.victims));
  EXPECT_GE(world.cost_of(outcome.victims), *least);
  if (world.equal_sizes()) {
    EXPECT_EQ(least->victims, outcome.victims.size());
    EXPECT_EQ(least->highest, world.cost_of(outcome.victims).highest);
    EXPECT_EQ(least->sum, world.cost_of(outcome.victims).sum);
  }
  for (const std::string& victim : outcome.victims) {
    std::set<std::string> fewer = outcome.victims;
    fewer.erase(victim);
    const bool could_stay = std::all_of(outcome.reserved.begin(), outcome.reserved.end(), [&](int node) {
      return world.holds(node, std::count(outcome.reserved.begin(), outcome.reserved.end(), node), fewer);
    });
    EXPECT_FALSE(could_stay) << victim << " went in vain";
  }
}

TEST(RoomInADomain, IsMadeAsAnOracleSaysItCanBe) {
  std::size_t evicted = 0;
  for (std::uint32_t seed = 1; seed <= testing::cases(4000); ++seed) {
    const bool reclaims = seed % 2 == 0;
    GangWorld world(seed, reclaims);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
    check(world, evicted);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(evicted, testing::cases(4000) / 8) << "the worlds are too peaceful to show anything";
}

}  // namespace
}  // namespace basalt
