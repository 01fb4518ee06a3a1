#include <algorithm>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// A gang with a hard networkTopology on small clusters, against an oracle that puts its pods on the nodes of every
// HyperNode in every way. HyperNodes name their members in every way that there is, and share nodes.
namespace basalt {
namespace {

struct Size {
  int cpu = 0, memory = 0;
};

/// How many shapes of pods, and how many pods, a gang has.
struct GangKind {
  int least_shapes = 1, most_shapes = 3, least_pods = 1, most_pods = 10;
};

class GangWorld {
 public:
  GangWorld(std::uint32_t seed, const GangKind& kind) : random_(seed) {
    for (int i = pick(2, 6); i > 0; --i) nodes_.push_back({pick(2, 9), pick(2, 9)});
    for (int rack = pick(1, 3); rack > 0; --rack) racks_.push_back(some_nodes());
    if (racks_.size() > 1) row_ = {0, 1};
    const int shapes = pick(kind.least_shapes, kind.most_shapes);
    for (int i = 0; i < shapes; ++i) shapes_.push_back({pick(1, 5), pick(1, 5)});
    for (int i = pick(std::max(kind.least_pods, shapes), std::max(kind.most_pods, shapes)); i > 0; --i) {
      pods_.push_back(i <= shapes ? i - 1 : pick(0, shapes - 1));  // each shape once at least
    }
    std::shuffle(pods_.begin(), pods_.end(), random_);
    minimum_ = one_in(3) ? pick(1, static_cast<int>(pods_.size())) : static_cast<int>(pods_.size());
    tier_ = pick(1, 2);
    packs_ = one_in(2);
    add_lines();
    std::int64_t second = 0;
    for (const std::string& line : lines_) {
      const auto deltas = parse_cluster_text(line, ++second);
      EXPECT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
      for (const Delta& delta : *deltas) state_.apply(delta);
    }
  }

  /// The nodes that the gang's pods are bound to.
  std::vector<int> decide() {
    Configuration configuration;
    Findings findings;
    const Registry registry{builtin_plugins(), builtin_actions()};
    configuration.actions.push_back(ActionSlot{"allocate", registry.find_action("allocate")->configure({}, findings)});
    Tier& tier = configuration.tiers.emplace_back();
    for (const char* name : {"gang", "predicates", "network-topology-aware", packs_ ? "binpack" : "nodeorder"}) {
      tier.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure({}, findings), {}});
    }
    configuration.attach(state_.cluster());
    Session session(state_.cluster(), configuration, Moment{});
    for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
    std::vector<int> nodes;
    for (const Decision& decision : std::move(session).close()) {
      EXPECT_FALSE(std::holds_alternative<Reserve>(decision)) << "nobody is leaving";
      if (const auto* bind = std::get_if<Bind>(&decision)) {
        nodes.push_back(std::stoi(state_.cluster().node_name(bind->node).substr(1)));
      }
    }
    return nodes;
  }

  /// The domains that the gang may be in, tier by tier.
  [[nodiscard]] std::vector<std::vector<std::vector<int>>> domains() const {
    std::vector<std::vector<std::vector<int>>> tiers = {racks_};
    std::vector<std::vector<int>> above;
    if (!row_.empty()) {
      std::set<int> nodes;
      for (const int rack : row_) nodes.insert(racks_[rack].begin(), racks_[rack].end());
      above.emplace_back(nodes.begin(), nodes.end());
    } else {
      above.push_back(all_nodes());  // the virtual root
    }
    if (tier_ == 2) tiers.push_back(std::move(above));
    return tiers;
  }

  /// Whether the gang's minimum fits on some nodes.
  [[nodiscard]] bool fits(const std::vector<int>& nodes) const {
    std::vector<Size> room;
    for (const int node : nodes) room.push_back(nodes_[node]);
    std::vector<int> waiting(shapes_.size());
    for (const int shape : pods_) ++waiting[shape];
    return fits(room, waiting, 0, static_cast<int>(pods_.size()) - minimum_, 0);
  }
  [[nodiscard]] int minimum() const { return minimum_; }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool one_in(int of) { return pick(1, of) == 1; }

  [[nodiscard]] std::vector<int> all_nodes() const {
    std::vector<int> nodes;
    for (std::size_t node = 0; node < nodes_.size(); ++node) nodes.push_back(static_cast<int>(node));
    return nodes;
  }
  std::vector<int> some_nodes() {
    std::vector<int> nodes;
    for (const int node : all_nodes()) {
      if (!one_in(3)) nodes.push_back(node);
    }
    if (nodes.empty()) nodes.push_back(0);
    return nodes;
  }

  /// Shape by shape, each pod on some node from `from` on, or among those that are left out.
  bool fits(std::vector<Size>& room, std::vector<int>& waiting, std::size_t shape, int to_leave,
            std::size_t from) const {
    if (shape == shapes_.size()) return true;
    if (waiting[shape] == 0) return fits(room, waiting, shape + 1, to_leave, 0);
    if (waiting[shape] <= to_leave) {
      const int left_out = std::exchange(waiting[shape], 0);
      const bool found = fits(room, waiting, shape + 1, to_leave - left_out, 0);
      waiting[shape] = left_out;
      if (found) return true;
    }
    const Size& size = shapes_[shape];
    for (std::size_t at = from; at < room.size(); ++at) {
      if (room[at].cpu < size.cpu || room[at].memory < size.memory) continue;
      room[at] = {room[at].cpu - size.cpu, room[at].memory - size.memory};
      --waiting[shape];
      const bool found = fits(room, waiting, shape, to_leave, at);
      ++waiting[shape];
      room[at] = {room[at].cpu + size.cpu, room[at].memory + size.memory};
      if (found) return true;
    }
    return false;
  }

  /// A rack's members: by name, by pattern, or by label.
  [[nodiscard]] std::string members(std::size_t rack) {
    std::string names, pattern;
    for (const int node : racks_[rack]) {
      names += (names.empty() ? "n" : ",n") + std::to_string(node);
      pattern += (pattern.empty() ? "" : "|") + std::to_string(node);
    }
    switch (pick(0, 2)) {
      case 0: return " nodes=" + names;
      case 1: return " pattern=^n(" + pattern + ")$";
      default: return " select:in-" + std::to_string(rack) + "=yes";
    }
  }
  void add_lines() {
    lines_.emplace_back("queue default");
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      std::string line = "node n" + std::to_string(node) + " cpu=" + std::to_string(nodes_[node].cpu) +
                         " memory=" + std::to_string(nodes_[node].memory) + "Gi";
      for (std::size_t rack = 0; rack < racks_.size(); ++rack) {
        const bool is_in =
            std::find(racks_[rack].begin(), racks_[rack].end(), static_cast<int>(node)) != racks_[rack].end();
        if (is_in) line += " label:in-" + std::to_string(rack) + "=yes";
      }
      lines_.push_back(line);
    }
    for (std::size_t rack = 0; rack < racks_.size(); ++rack) {
      lines_.push_back("hyper-node r" + std::to_string(rack) + " tier=1" + members(rack));
    }
    if (!row_.empty()) lines_.emplace_back("hyper-node w tier=2 hyper-nodes=r0,r1");
    lines_.push_back("job gang min=" + std::to_string(minimum_) + " topology=hard:" + std::to_string(tier_));
    for (std::size_t pod = 0; pod < pods_.size(); ++pod) {
      const Size& size = shapes_[pods_[pod]];
      lines_.push_back("task gang-" + std::to_string(pod) + " cpu=" + std::to_string(size.cpu) +
                       " memory=" + std::to_string(size.memory) + "Gi");
    }
  }

  std::mt19937 random_;
  std::vector<Size> nodes_;
  std::vector<std::vector<int>> racks_;
  std::vector<int> row_;  // racks
  std::vector<Size> shapes_;
  std::vector<int> pods_;  // shapes
  int minimum_ = 1, tier_ = 1;
  bool packs_ = false;
  std::vector<std::string> lines_;
  State state_{Ownership{}};
};

bool is_within(const std::vector<int>& inner, const std::vector<int>& outer) {
  return std::all_of(inner.begin(), inner.end(),
                     [&](int node) { return std::find(outer.begin(), outer.end(), node) != outer.end(); });
}

struct Verdict {
  bool could_be = false, is = false;
};

/// Places the gang, and checks that it is whole, in one domain, and in one of the lowest tier that holds it.
Verdict judge(GangWorld& world) {
  const std::vector<int> nodes = world.decide();
  const auto domains = world.domains();
  const std::vector<std::vector<int>>* first = nullptr;
  for (const auto& tier : domains) {
    if (first == nullptr && std::any_of(tier.begin(), tier.end(), [&](const auto& each) { return world.fits(each); })) {
      first = &tier;
    }
  }
  const Verdict verdict{first != nullptr, !nodes.empty()};
  if (!verdict.is) return verdict;
  EXPECT_TRUE(verdict.could_be) << "the oracle is wrong";
  EXPECT_GE(static_cast<int>(nodes.size()), world.minimum());
  const auto holds = [&](const std::vector<int>& domain) { return is_within(nodes, domain); };
  const bool is_in_one = std::any_of(domains.begin(), domains.end(),
                                     [&](const auto& tier) { return std::any_of(tier.begin(), tier.end(), holds); });
  EXPECT_TRUE(is_in_one) << "not in one domain";
  if (first != nullptr && static_cast<int>(nodes.size()) == world.minimum()) {
    EXPECT_TRUE(std::any_of(first->begin(), first->end(), holds)) << "not in the lowest tier that holds it";
  }
  return verdict;
}

void expect_all_placed(const GangKind& kind, std::uint32_t seeds) {
  std::uint32_t placed = 0, refused = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    GangWorld world(seed, kind);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
    const Verdict verdict = judge(world);
    EXPECT_EQ(verdict.could_be, verdict.is);
    ++(verdict.is ? placed : refused);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(placed, seeds / 8) << "the worlds are too small to show anything";
  EXPECT_GT(refused, seeds / 8) << "the worlds are too large to show anything";
}

TEST(GangInADomain, OfUpToThreeShapesIsPlacedWheneverOneCanHoldIt) {
  expect_all_placed({.least_shapes = 1, .most_shapes = 3, .least_pods = 1, .most_pods = 14}, testing::cases(2000));
}

TEST(GangInADomain, OfUpToEightPodsIsPlacedWheneverOneCanHoldIt) {
  expect_all_placed({.least_shapes = 4, .most_shapes = 8, .least_pods = 4, .most_pods = 8}, testing::cases(2000));
}

TEST(GangInADomain, OfMorePodsAndShapesIsPlacedInNearlyAllCases) {
  std::uint32_t could_be = 0, placed = 0;
  for (std::uint32_t seed = 1; seed <= testing::cases(1000); ++seed) {
    GangWorld world(seed, {.least_shapes = 4, .most_shapes = 10, .least_pods = 9, .most_pods = 12});
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
    const Verdict verdict = judge(world);
    could_be += verdict.could_be ? 1 : 0;
    placed += verdict.is ? 1 : 0;
    if (::testing::Test::HasFailure()) return;
  }
  std::cout << placed << " of " << could_be
            << " gangs of 9 to 12 pods in 4 to 10 shapes that a domain can hold are placed\n";
  EXPECT_GE(placed * 100, could_be * 95);
}

}  // namespace
}  // namespace basalt
