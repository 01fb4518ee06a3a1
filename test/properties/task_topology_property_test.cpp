#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// Three jobs of two parameter servers and four workers on six nodes with three slots each: as few pairs of a server and
// a worker of one job are on two nodes as when all jobs are placed at once in every possible way.
namespace basalt {
namespace {

constexpr int kNodes = 6, kSlots = 3, kJobs = 3, kServers = 2, kWorkers = 4;
constexpr int kPairs = kServers * kWorkers;

using Slots = std::array<int, kNodes>;

/// Servers and workers of a job by node.
struct Spread {
  Slots servers{}, workers{};
  [[nodiscard]] int pairs_together() const {
    int pairs = 0;
    for (int node = 0; node < kNodes; ++node) pairs += servers[node] * workers[node];
    return pairs;
  }
  [[nodiscard]] int tasks() const {
    return std::accumulate(servers.begin(), servers.end(), 0) + std::accumulate(workers.begin(), workers.end(), 0);
  }
};

/// Calls `visit(spread, free)` for every way to place what a job lacks on free slots.
template <class Visit>
void for_each_way(Spread job, Slots free, int node, int servers, int workers, const Visit& visit) {
  if (node == kNodes) {
    if (servers == 0 && workers == 0) visit(job, free);
    return;
  }
  for (int s = 0; s <= std::min(servers, free[node]); ++s) {
    for (int w = 0; w <= std::min(workers, free[node] - s); ++w) {
      Spread placed = job;
      Slots left = free;
      placed.servers[node] += s;
      placed.workers[node] += w;
      left[node] -= s + w;
      for_each_way(placed, left, node + 1, servers - s, workers - w, visit);
    }
  }
}

/// The most pairs together over all ways to place all jobs at once.
class Oracle {
 public:
  explicit Oracle(std::vector<Spread> jobs) : jobs_(std::move(jobs)) {
    is_symmetric_ = std::all_of(jobs_.begin(), jobs_.end(), [](const Spread& job) { return job.tasks() == 0; });
  }

  int most(Slots free, std::size_t job = 0) {
    if (job == jobs_.size()) return 0;
    if (is_symmetric_) std::sort(free.begin(), free.end());
    const auto [known, is_new] = most_.try_emplace({job, free}, 0);
    if (!is_new) return known->second;
    const Spread& placed = jobs_[job];
    const int servers = kServers - std::accumulate(placed.servers.begin(), placed.servers.end(), 0);
    const int workers = kWorkers - std::accumulate(placed.workers.begin(), placed.workers.end(), 0);
    int best = -1;
    for_each_way(placed, free, 0, servers, workers, [&](const Spread& spread, const Slots& left) {
      if (best >= kPairs * static_cast<int>(jobs_.size() - job)) return;
      const int rest = most(left, job + 1);
      if (rest >= 0) best = std::max(best, spread.pairs_together() + rest);
    });
    most_[{job, free}] = best;
    return best;
  }

 private:
  std::vector<Spread> jobs_;  // what is placed of each
  bool is_symmetric_ = false;
  std::map<std::pair<std::size_t, Slots>, int> most_;  // -1: they do not fit
};

/// The cluster, and the scheduler on it.
class World {
 public:
  explicit World(const std::vector<std::pair<std::string, Arguments>>& plugins) {
    Findings findings;
    const Registry registry{builtin_plugins(), builtin_actions()};
    for (const char* action : {"enqueue", "allocate"}) {
      configuration_.actions.push_back(ActionSlot{action, registry.find_action(action)->configure({}, findings)});
    }
    Tier& tier = configuration_.tiers.emplace_back();
    for (const auto& [name, arguments] : plugins) {
      tier.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure(arguments, findings), {}});
    }
    EXPECT_TRUE(findings.empty());
    configuration_.attach(state_.cluster());
    apply("queue default");
    for (int node = 0; node < kNodes; ++node) apply("node n" + std::to_string(node) + " cpu=" + std::to_string(kSlots));
  }

  void apply(const std::string& line) {
    text_ += line + "\n";
    const auto deltas = parse_cluster_text(line, ++second_);
    ASSERT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  void run_cycle() {
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::seconds(++second_)), ++cycle_});
    for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    state_.assume(decisions);
  }

  /// A job, its tasks not yet.
  void add_job(const std::string& name, bool keeps_servers_apart) {
    apply("job " + name + " min=" + std::to_string(kServers + kWorkers) + " phase=Inqueue" +
          " annotation:volcano.sh/task-topology-affinity=ps,worker" +
          (keeps_servers_apart ? " annotation:volcano.sh/task-topology-anti-affinity=ps" : ""));
  }
  void add_task(const std::string& job, const std::string& role, int number, int node = -1) {
    apply("task " + job + "-" + role + "-" + std::to_string(number) + " job=" + job + " role=" + role + " cpu=1" +
          (node < 0 ? "" : " status=running on=n" + std::to_string(node)));
  }

  [[nodiscard]] Spread spread_of(const std::string& job) const {
    const Cluster& cluster = state_.cluster();
    Spread spread;
    cluster.tasks().for_each([&](TaskId id, const Task& task) {
      if (!cluster.node_of(id) || task.name.rfind(job + "-", 0) != 0) return;
      const int node = std::stoi(cluster.node_name(cluster.node_of(id)).substr(1));
      ++(cluster.symbols().text(task.role) == "ps" ? spread.servers : spread.workers)[static_cast<std::size_t>(node)];
    });
    return spread;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  State state_{Ownership{}};
  Configuration configuration_;
  std::string text_;
  std::int64_t second_ = 0;
  std::uint64_t cycle_ = 0;
};

using Plugins = std::vector<std::pair<std::string, Arguments>>;

/// What the plugin is beside: alone, with the packing that Volcano's users pair it with, and with the stock scores.
Plugins plugins_beside(int company) {
  Plugins plugins = {{"gang", {}}, {"predicates", {}}};
  if (company == 1) plugins.push_back({"binpack", {}});
  if (company == 2) plugins.push_back({"nodeorder", {}});
  plugins.push_back({"task-topology", company == 0 ? Arguments{} : Arguments{{"task-topology.weight", 20}}});
  return plugins;
}

const std::array<std::string, kJobs> kNames = {"a", "b", "c"};

struct Outcome {
  int jobs = 0;    ///< that were placed
  int remote = 0;  ///< pairs on two nodes
};

Outcome outcome_of(const World& world) {
  Outcome outcome;
  for (const std::string& name : kNames) {
    const Spread spread = world.spread_of(name);
    EXPECT_TRUE(spread.tasks() == 0 || spread.tasks() == kServers + kWorkers) << "job " << name << " is half-placed";
    if (spread.tasks() == 0) continue;
    ++outcome.jobs;
    outcome.remote += kPairs - spread.pairs_together();
  }
  return outcome;
}

/// Tasks in some order: servers and workers mixed.
std::vector<std::pair<std::string, int>> shuffled_tasks(std::mt19937& random) {
  std::vector<std::pair<std::string, int>> tasks;
  for (int i = 0; i < kServers; ++i) tasks.emplace_back("ps", i);
  for (int i = 0; i < kWorkers; ++i) tasks.emplace_back("worker", i);
  std::shuffle(tasks.begin(), tasks.end(), random);
  return tasks;
}

/// Jobs that come in one order, together or one a cycle, to nodes that others' pods have filled in part.
void place_among_others(std::uint32_t seed, const std::array<std::string, kJobs>& order) {
  std::mt19937 random(seed);
  World world(plugins_beside(static_cast<int>(seed % 3)));
  const bool together = random() % 2 == 0;
  const bool keeps_servers_apart = random() % 2 == 0;
  Slots free;
  free.fill(kSlots);
  const int taken = seed % 4 == 0 ? 0 : static_cast<int>(random() % 13);
  for (int pod = 0; pod < taken; ++pod) {
    const auto node = static_cast<std::size_t>(random() % kNodes);
    if (free[node] == 0) continue;
    --free[node];
    world.apply("pod other" + std::to_string(pod) + " scheduler=default-scheduler cpu=1 status=running on=n" +
                std::to_string(node));
  }
  for (const std::string& name : order) {
    world.add_job(name, keeps_servers_apart);
    for (const auto& [role, number] : shuffled_tasks(random)) world.add_task(name, role, number);
    if (!together) world.run_cycle();
  }
  world.run_cycle();
  SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
  const Outcome outcome = outcome_of(world);
  const int places = std::accumulate(free.begin(), free.end(), 0) / (kServers + kWorkers);
  ASSERT_EQ(places, outcome.jobs);
  Oracle oracle(std::vector<Spread>(static_cast<std::size_t>(places)));
  EXPECT_EQ(kPairs * places - oracle.most(free), outcome.remote);
}

TEST(TaskTopology, SeparatesAsFewServersFromWorkersAsPlacingAllJobsAtOnceInEveryWay) {
  std::array<std::string, kJobs> order = kNames;
  std::uint32_t seed = 0;
  for (std::uint32_t world = 0; world < testing::cases(150); ++world) {
    std::sort(order.begin(), order.end());
    do {
      place_among_others(++seed, order);
      if (::testing::Test::HasFailure()) return;
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

/// Some tasks of each job run already, at random nodes: what is there counts. As few pairs are remote as can be.
void complete(std::uint32_t seed, std::array<std::string, kJobs> order) {
  std::mt19937 random(seed);
  World world(plugins_beside(0));
  std::shuffle(order.begin(), order.end(), random);
  Slots free;
  free.fill(kSlots);
  for (const std::string& name : order) {
    world.add_job(name, false);
    for (const auto& [role, number] : shuffled_tasks(random)) {
      const auto node = static_cast<std::size_t>(random() % kNodes);
      const bool is_placed = random() % 3 == 0 && free[node] > 0;
      if (is_placed) --free[node];
      world.add_task(name, role, number, is_placed ? static_cast<int>(node) : -1);
    }
  }
  std::vector<Spread> placed;
  for (const std::string& name : order) placed.push_back(world.spread_of(name));
  world.run_cycle();
  SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.text());
  const Outcome outcome = outcome_of(world);
  EXPECT_EQ(kJobs, outcome.jobs);
  EXPECT_EQ(kPairs * kJobs - Oracle(placed).most(free), outcome.remote);
}

TEST(TaskTopology, CompletesJobsThatWereBegunAtRandomWithAsFewRemotePairsAsCanBe) {
  for (std::uint32_t seed = 1; seed <= testing::cases(300); ++seed) {
    complete(seed, kNames);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace basalt
