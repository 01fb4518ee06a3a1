#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "basalt/base/check.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "bench/runner.hpp"
#include "state/state.hpp"

// How well gangs fill a cluster, in virtual time, and whether a gang finds the one switch under which there is room for
// it: the gang and topology workflows of NVIDIA's knavigator. Cycles with the stock configuration; nothing is measured
// in seconds. docs/performance.md says what the figures mean.
namespace basalt::bench {
namespace {

constexpr int kNodes = 32, kMinutesARun = 2;

/// The gangs in the order in which they are stated, by their size: nine waves of 32 nodes each.
std::vector<int> stated_gangs() {
  constexpr std::array<std::pair<int, int>, 14> kBursts = {{{1, 32},
                                                            {2, 16},
                                                            {3, 10},
                                                            {1, 2},
                                                            {4, 8},
                                                            {5, 6},
                                                            {2, 1},
                                                            {6, 5},
                                                            {1, 2},
                                                            {7, 4},
                                                            {1, 2},
                                                            {2, 1},
                                                            {8, 4},
                                                            {9, 3}}};
  std::vector<int> sizes;
  for (const auto& [gangs, size] : kBursts) sizes.insert(sizes.end(), static_cast<std::size_t>(gangs), size);
  sizes.push_back(5);
  return sizes;
}

/// An engine on a cluster that is stated as in a scenario.
class Player {
 public:
  explicit Player(const std::string& configuration) : configuration_(read_configuration(configuration)) {
    configuration_->attach(state_.cluster());
    apply("queue default");
  }
  ~Player() { configuration_.reset(); }  // before the tables that its plugins have columns in
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  void apply(const std::string& line) {
    const auto deltas = parse_cluster_text(line, ++lines_);
    BASALT_CHECK(deltas.has_value(), "a line of the bench makes no sense");
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  /// One cycle; the nodes that pods were bound to, by job.
  std::map<std::string, std::vector<std::string>> cycle(std::int64_t minute) {
    Session session(state_.cluster(), *configuration_, Moment{WallTime(std::chrono::minutes(minute)), ++cycles_});
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    std::map<std::string, std::vector<std::string>> bound;
    for (const Decision& decision : decisions) {
      const auto* bind = std::get_if<Bind>(&decision);
      if (bind == nullptr) continue;
      const Cluster& cluster = state_.cluster();
      bound[cluster.jobs()[cluster.tasks()[bind->task].job].name].push_back(cluster.node_name(bind->node));
    }
    state_.assume(decisions);
    return bound;
  }

  /// A gang has ended: its pods and its group go.
  void end(const std::string& gang, int size) {
    for (int pod = 0; pod < size; ++pod) remove(ObjectKind::pod, gang + "-" + std::to_string(pod));
    remove(ObjectKind::pod_group, gang);
  }

 private:
  void remove(ObjectKind kind, const std::string& name) { state_.apply(Removed{kind, "default", name, {}}); }

  State state_{Ownership{}};
  std::unique_ptr<Configuration> configuration_;
  std::int64_t lines_ = 0;
  std::uint64_t cycles_ = 0;
};

struct Outcome {
  int minutes = 0;       ///< until the last gang has ended
  double occupancy = 0;  ///< percent of the nodes, over that time
  bool is_sound = true;  ///< every gang ran once, whole, on nodes that were free
};

/// Plays gangs that come all at once, in an order.
Outcome play(const std::vector<int>& sizes) {
  Player player(stock_configuration());
  for (int node = 0; node < kNodes; ++node) player.apply("node n" + std::to_string(node) + " nvidia.com/gpu=8 cpu=128");
  std::map<std::string, int> waiting;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::string name = "gang" + std::to_string(i);
    player.apply("job " + name + " min=" + std::to_string(sizes[i]));
    player.apply("task " + name + "-{0.." + std::to_string(sizes[i] - 1) + "} job=" + name + " nvidia.com/gpu=8");
    waiting[name] = sizes[i];
  }
  Outcome outcome;
  std::map<int, std::vector<std::pair<std::string, std::vector<std::string>>>> ends;  // gangs that run, by their end
  std::set<std::string> busy;
  int minute = 0, node_minutes = 0;
  while (true) {
    for (auto bound = player.cycle(minute); !bound.empty(); bound = player.cycle(minute)) {
      for (const auto& [gang, nodes] : bound) {
        outcome.is_sound = outcome.is_sound && static_cast<int>(nodes.size()) == waiting[gang];
        for (const std::string& node : nodes) outcome.is_sound = busy.insert(node).second && outcome.is_sound;
        waiting.erase(gang);
        node_minutes += static_cast<int>(nodes.size()) * kMinutesARun;
        ends[minute + kMinutesARun].emplace_back(gang, nodes);
      }
    }
    if (ends.empty()) break;
    const auto next = ends.begin();
    minute = next->first;
    for (const auto& [gang, nodes] : next->second) {
      player.end(gang, static_cast<int>(nodes.size()));
      for (const std::string& node : nodes) busy.erase(node);
    }
    ends.erase(next);
  }
  outcome.minutes = minute;
  outcome.occupancy = minute == 0 ? 0 : 100.0 * node_minutes / (kNodes * minute);
  outcome.is_sound = outcome.is_sound && waiting.empty();
  return outcome;
}

/// Twelve nodes under six switches of two, two of those under each of three; three pods that belong together, and room
/// under one of the three. The nodes they went to, in order.
std::vector<std::string> place_under_switch(const std::string& topology) {
  std::string configuration = stock_configuration();
  configuration += "  - name: network-topology-aware\n";
  Player player(configuration);
  const std::set<int> busy = {1, 3, 6, 11, 12};
  for (int node = 1; node <= 12; ++node) {
    player.apply("node n" + std::to_string(node) + " nvidia.com/gpu=8 cpu=128" +
                 (busy.contains(node) ? " unschedulable" : ""));
  }
  for (int block = 0; block < 6; ++block) {
    player.apply("hyper-node sw1" + std::to_string(block + 1) + " tier=1 nodes=n" + std::to_string(2 * block + 1) +
                 ",n" + std::to_string(2 * block + 2));
  }
  for (int spine = 0; spine < 3; ++spine) {
    player.apply("hyper-node sw2" + std::to_string(spine + 1) + " tier=2 hyper-nodes=sw1" +
                 std::to_string(2 * spine + 1) + ",sw1" + std::to_string(2 * spine + 2));
  }
  player.apply("job train min=3 topology=" + topology);
  player.apply("task train-{0..2} nvidia.com/gpu=8");
  std::vector<std::string> nodes = player.cycle(0)["train"];
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

/// Plays everything and prints a row each; whether what must be so is so.
bool run(int seeds) {
  std::vector<int> sizes = stated_gangs();
  bool is_good = true;
  const auto row = [&](const std::string& name, const Outcome& outcome) {
    std::printf("%-24s %3d minutes  %6.2f %% of %d nodes in use%s\n", name.c_str(), outcome.minutes, outcome.occupancy,
                kNodes, outcome.is_sound ? "" : "  UNSOUND");
    is_good = is_good && outcome.is_sound;
  };
  std::printf("%zu gangs of one pod a node, two minutes each; 18 minutes are the least\n", sizes.size());
  const Outcome stated = play(sizes);
  row("in the stated order", stated);
  is_good = is_good && stated.minutes == 18;
  double minutes = 0;
  int most = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    std::sort(sizes.begin(), sizes.end());
    for (std::size_t i = sizes.size(); i > 1; --i) std::swap(sizes[i - 1], sizes[random() % i]);
    const Outcome shuffled = play(sizes);
    row("shuffled, seed " + std::to_string(seed), shuffled);
    minutes += shuffled.minutes;
    most = std::max(most, shuffled.minutes);
  }
  if (seeds > 0) std::printf("%-24s %5.1f minutes on the average, %d at most\n", "shuffled", minutes / seeds, most);
  for (const char* topology : {"soft", "hard:2"}) {
    std::string names;
    for (const std::string& node : place_under_switch(topology)) names += (names.empty() ? "" : ", ") + node;
    std::printf("three pods, %-12s %s\n", topology, names.c_str());
    is_good = is_good && names == "n5, n7, n8";
  }
  return is_good;
}

}  // namespace
}  // namespace basalt::bench

/// `basalt-gang-waves [SEEDS]`: fails unless the stated order takes 18 minutes and the three pods are under one switch.
int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 10;
  if (seeds < 0 || seeds > 1000) {
    std::cerr << "expected 0 to 1000 seeds\n";
    return 2;
  }
  return basalt::bench::run(seeds) ? 0 : 1;
}
