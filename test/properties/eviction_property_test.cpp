#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// Evictions on clusters nobody thought of: the remembering search decides as the plain one; nobody
// is evicted in vain; who is evicted comes back and does not go on evicting for ever.
namespace basalt {
namespace {

/// A cluster of queues, nodes, and jobs of which some run and some wait. Pods are kept as lines,
/// so that one that was evicted can come back pending.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    configure();
    std::vector<std::string> lines;
    queues_ = pick(1, 3);
    for (int i = 0; i < queues_; ++i) {
      lines.push_back("queue q" + number(i) + " weight=" + number(pick(1, 4)) +
                      (chance(6) ? " capability.cpu=" + number(pick(2, 8)) : "") +
                      (chance(8) ? " reclaimable=false" : ""));
    }
    for (const char* line :
         {"priority-class low value=1", "priority-class middle value=50", "priority-class high value=100"}) {
      lines.emplace_back(line);
    }
    rooms_.resize(static_cast<std::size_t>(pick(1, 6)));
    for (std::size_t i = 0; i < rooms_.size(); ++i) {
      rooms_[i] = {pick(2, 8), pick(4, 12), pick(3, 12)};
      lines.push_back("node n" + number(i) + " cpu=" + number(rooms_[i].cpu) + " memory=" + number(rooms_[i].memory) +
                      "Gi pods=" + number(rooms_[i].pods) + " label:zone=" + (chance(2) ? "a" : "b"));
    }
    if (has_topology_) {
      for (int rack = 0; rack < kRacks; ++rack) lines.push_back(rack_line(rack));
      lines.emplace_back("hyper-node w tier=2 hyper-nodes=r0,r1");
    }
    apply(lines);
    const int jobs = pick(2, 7);
    for (int i = 0; i < jobs; ++i) add_job(i);
  }

  /// Runs a cycle; what was evicted and bound becomes true.
  Decisions cycle(const Configuration& configuration) {
    Decisions decisions = decide(configuration);
    state_.assume(decisions);
    return decisions;
  }

  Decisions decide(const Configuration& configuration) {
    Session session(state_.cluster(), configuration, Moment{});
    for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
    Decisions decisions = std::move(session).close();
    return decisions;
  }

  /// Victims are gone and come back pending; binds are acknowledged and run.
  void settle(const Decisions& decisions, bool return_victims) {
    std::vector<Delta> deltas;
    for (const Decision& decision : decisions) {
      if (const auto* bind = std::get_if<Bind>(&decision)) {
        const std::string& name = state_.cluster().tasks()[bind->task].name;
        const auto line =
            parse_cluster_text(pods_.at(name) + " status=running on=" + state_.cluster().node_name(bind->node), 1000);
        deltas.push_back(line->front());
      } else if (const auto* evict = std::get_if<Evict>(&decision)) {
        const Task& task = state_.cluster().tasks()[evict->task];
        deltas.emplace_back(Removed{ObjectKind::pod, task.namespace_name, task.name, task.uid});
        if (!return_victims) continue;
        const auto line = parse_cluster_text(pods_.at(task.name) + " uid=again-" + number(++returned_), 1000);
        deltas.push_back(line->front());
      }
    }
    for (const Delta& delta : deltas) state_.apply(delta);
  }

  [[nodiscard]] std::unique_ptr<Configuration> configuration(bool plainly, std::vector<std::string> actions) const {
    auto made = std::make_unique<Configuration>();
    Findings findings;
    const Registry registry{builtin_plugins(), builtin_actions()};
    for (const std::string& name : actions) {
      const ActionType type = plainly && name == "preempt"   ? preempt_action_by_brute_force()
                              : plainly && name == "reclaim" ? reclaim_action_by_brute_force()
                                                             : *registry.find_action(name);
      made->actions.push_back(ActionSlot{name, type.configure({}, findings)});
    }
    for (const auto& tier : tiers_) {
      Tier& to = made->tiers.emplace_back();
      for (const auto& [name, off] : tier) {
        to.plugins.push_back(PluginSlot{name, registry.find_plugin(name)->configure({}, findings), off});
      }
    }
    return made;
  }

  State& state() { return state_; }
  [[nodiscard]] std::size_t pods() const { return pods_.size(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int of) { return pick(1, of) == 1; }
  template <class Number>
  static std::string number(Number value) {
    return std::to_string(value);
  }

  void configure() {
    std::vector<std::pair<std::string, std::set<std::string, std::less<>>>> first;
    if (!chance(6)) first.emplace_back("priority", std::set<std::string, std::less<>>{});
    using Off = std::set<std::string, std::less<>>;
    first.emplace_back("gang", chance(2) ? Off{"enablePreemptable"} : Off{});
    if (!chance(4)) first.emplace_back("conformance", Off{});
    tiers_.push_back(first);
    auto& second = tiers_.emplace_back();
    if (chance(2)) second.emplace_back("drf", chance(2) ? Off{"enablePreemptable"} : Off{});
    second.emplace_back("predicates", Off{});
    if (!chance(4)) second.emplace_back("proportion", Off{});
    if (chance(2)) second.emplace_back("nodeorder", Off{});
    if (chance(3)) second.emplace_back("binpack", Off{});
    has_topology_ = chance(2);
    if (has_topology_) second.emplace_back("network-topology-aware", Off{});
    for (const auto& tier : tiers_) {
      text_ += "tier\n";
      for (const auto& [name, off] : tier) {
        text_ += "plugin " + name;
        for (const std::string& key : off) text_ += " " + key + "=false";
        text_ += "\n";
      }
    }
  }

  void apply(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      text_ += line + "\n";
      const auto deltas = parse_cluster_text(line, ++second_);
      ASSERT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
      for (const Delta& delta : *deltas) state_.apply(delta);
    }
  }

  std::string rack_line(int rack) const {
    std::string line = "hyper-node r" + number(rack) + " tier=1";
    for (std::size_t node = 0; node < rooms_.size(); ++node) {
      if (static_cast<int>(node % kRacks) != rack) continue;
      line += (line.find("nodes=") == std::string::npos ? " nodes=n" : ",n") + number(node);
    }
    return line;
  }

  /// Where its members belong together, and whether in groups of their own.
  std::string parts(int members, bool& has_groups) {
    std::string text;
    if (has_topology_ && chance(2)) text += chance(4) ? " topology=soft" : " topology=hard:" + number(pick(1, 3));
    has_groups = chance(5);
    if (!has_groups) return text;
    text += " sub-group:g=g sub-group-size:g=" + number(pick(1, 2)) +
            " sub-group-min:g=" + number(pick(0, (members + 1) / 2));
    if (has_topology_ && chance(2)) text += " sub-group-topology:g=hard:" + number(pick(1, 2));
    return text;
  }

  void add_job(int i) {
    const int members = pick(1, 5);
    const std::string job = "j" + number(i);
    bool has_groups = false;
    const std::string parted = parts(members, has_groups);
    static const char* kClasses[] = {"low", "middle", "high"};
    apply({"job " + job + " queue=q" + number(pick(0, queues_ - 1)) + " min=" + number(pick(0, members)) +
           " phase=Inqueue priority=" + kClasses[pick(0, 2)] + parted});
    for (int k = 0; k < members; ++k) {
      const std::string name = job + "-" + number(k);
      std::string pod = "task " + name;
      const int cpu = chance(10) ? 0 : pick(1, 4);
      const int memory = chance(2) ? pick(1, 5) : 0;
      if (cpu > 0) pod += " cpu=" + number(cpu);
      if (memory > 0) pod += " memory=" + number(memory) + "Gi";
      if (chance(6)) pod += " select:zone=a";
      if (chance(6)) pod += " port=80";
      if (chance(10)) pod += " class=system-node-critical";
      if (chance(10)) pod += " annotation:volcano.sh/preemptable=false";
      if (chance(3)) pod += " priority=" + number(pick(1, 3));
      if (chance(10)) pod += " never-preempts";
      if (has_groups) pod += " label:g=" + number(k / 2);
      pod += " created=" + number(pick(1, 5));
      pods_[name] = pod;
      apply({pod + placed_somewhere(cpu, memory, parted.empty() ? -1 : i % kRacks)});
    }
  }

  /// Where a pod is said to run already, if there is room: so that the less important hold what the
  /// more important want. In one rack only, where members belong together.
  std::string placed_somewhere(int cpu, int memory, int rack) {
    if (chance(3)) return "";
    const auto node = static_cast<std::size_t>(pick(0, static_cast<int>(rooms_.size()) - 1));
    if (rack >= 0 && static_cast<int>(node) % kRacks != rack) return "";
    NodeRoom& room = rooms_[node];
    if (room.cpu < cpu || room.memory < memory || room.pods < 1) return "";
    room = {room.cpu - cpu, room.memory - memory, room.pods - 1};
    return " status=running on=n" + number(node);
  }

  struct NodeRoom {
    int cpu = 0, memory = 0, pods = 0;
  };

  std::mt19937 random_;
  std::vector<NodeRoom> rooms_;
  State state_{Ownership{}};
  std::vector<std::vector<std::pair<std::string, std::set<std::string, std::less<>>>>> tiers_;
  std::map<std::string, std::string> pods_;
  std::string text_;
  std::int64_t second_ = 0;
  std::size_t returned_ = 0;
  int queues_ = 0;
  bool has_topology_ = false;
  static constexpr int kRacks = 3;
};

std::size_t evictions(const Decisions& decisions) {
  std::size_t count = 0;
  for (const Decision& decision : decisions) count += std::holds_alternative<Evict>(decision) ? 1 : 0;
  return count;
}

TEST(EvictionSearch, DecidesWithItsMemoryAsWithout) {
  std::size_t evicted = 0;
  for (std::uint32_t seed = 1; seed <= testing::cases(1500); ++seed) {
    World world(seed);
    const std::vector<std::string> actions = {"preempt", "reclaim", "allocate", "backfill"};
    const auto remembering = world.configuration(false, actions);
    const auto plain = world.configuration(true, actions);
    remembering->attach(world.state().cluster());
    plain->attach(world.state().cluster());
    for (int cycle = 0; cycle < 4; ++cycle) {
      const std::string expected = print(world.decide(*plain), world.state().cluster());
      const Decisions decisions = world.decide(*remembering);
      ASSERT_EQ(expected, print(decisions, world.state().cluster())) << "seed " << seed << "\n" << world.text();
      world.state().assume(decisions);
      evicted += evictions(decisions);
      world.settle(decisions, true);
    }
  }
  EXPECT_GT(evicted, testing::cases(1500) / 8) << "the worlds are too peaceful to show anything";
}

/// In a closed system (nobody comes, nobody finishes, whoever is evicted comes back) evicting ends.
TEST(Evictions, ComeToAnEndWhenNothingElseHappens) {
  for (const auto& actions :
       std::vector<std::vector<std::string>>{{"enqueue", "allocate", "backfill", "preempt", "reclaim"},
                                             {"enqueue", "reclaim", "allocate", "backfill", "preempt"},
                                             {"enqueue", "allocate", "backfill", "gangpreempt", "gangreclaim"}}) {
    for (std::uint32_t seed = 1; seed <= testing::cases(600); ++seed) {
      World world(seed);
      const auto configuration = world.configuration(false, actions);
      configuration->attach(world.state().cluster());
      std::size_t evicted = 0;
      std::string history;
      for (int quiet = 0; quiet < 3;) {
        const Decisions decisions = world.cycle(*configuration);
        evicted += evictions(decisions);
        history += print(decisions, world.state().cluster()) + "--\n";
        const bool moved = std::any_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
          return std::holds_alternative<Evict>(decision) || std::holds_alternative<Bind>(decision);
        });
        quiet = moved ? 0 : quiet + 1;
        world.settle(decisions, true);
        ASSERT_LE(evicted, 10 * world.pods()) << actions[1] << " first, seed " << seed << "\n"
                                              << world.text() << "\n"
                                              << history;
      }
    }
  }
}

/// What a victim is, whatever plugins are asked: V1 and V4 of what is promised about evictions.
std::vector<std::string> wrong_victims(const World& world, const Cluster& cluster, const Decisions& decisions,
                                       bool gangs_are_kept) {
  std::vector<std::string> wrong;
  std::map<std::uint32_t, std::pair<JobId, std::int64_t>> hit;  // jobs, and how many tasks each loses
  for (const Decision& decision : decisions) {
    const auto* evict = std::get_if<Evict>(&decision);
    if (evict == nullptr) continue;
    const Task& task = cluster.tasks()[evict->task];
    if (!task.preemptable) wrong.push_back(task.name + " is not preemptable");
    if (task.critical && world.text().find("conformance") != std::string::npos) {
      wrong.push_back(task.name + " is critical");
    }
    auto& [job, lost] = hit[task.job.slot()];
    job = task.job;
    ++lost;
  }
  for (const auto& [slot, entry] : hit) {
    const auto& [job, lost] = entry;
    const std::int64_t left = cluster.ready_tasks(job);
    const std::int64_t minimum = cluster.jobs()[job].min_member;
    const bool was_whole = left + lost >= minimum;
    const bool is_gone = left == cluster.count(job, TaskStatus::succeeded);
    if (gangs_are_kept && was_whole && left < minimum && !is_gone) {
      wrong.push_back("gang " + cluster.jobs()[job].name + " was broken");
    }
  }
  return wrong;
}

/// Nodes where nobody gets what was freed, and nodes where one of the victims of a single reservation need not have
/// gone, as far as resources tell.
std::vector<std::string> useless_evictions(const Cluster& cluster, const Decisions& decisions) {
  std::map<std::uint32_t, std::vector<TaskId>> victims;
  std::map<std::uint32_t, int> reservations;
  std::vector<std::string> wrong;
  for (const Decision& decision : decisions) {
    if (const auto* evict = std::get_if<Evict>(&decision)) {
      victims[cluster.node_of(evict->task).slot()].push_back(evict->task);
    } else if (const auto* reserve = std::get_if<Reserve>(&decision)) {
      ++reservations[reserve->node.slot()];
    }
  }
  for (const auto& [slot, gone] : victims) {
    if (reservations[slot] == 0) wrong.emplace_back("evicted on a node that nobody gets");
    if (reservations[slot] != 1) continue;
    for (const TaskId victim : gone) {
      const Resources& request = cluster.spec(victim).request;
      bool could_stay = true;
      for (Dimension kind = 0; kind < request.width(); ++kind) {
        if (cluster.future_idle(cluster.node_of(victim), kind) < request[kind]) could_stay = false;
      }
      const bool for_ports = !cluster.spec(victim).host_ports.empty();
      if (could_stay && !for_ports) wrong.push_back(cluster.tasks()[victim].name + " went in vain");
    }
  }
  return wrong;
}

TEST(Evictions, HitNobodyWhoIsProtectedAndNobodyInVain) {
  for (std::uint32_t seed = 1; seed <= testing::cases(1500); ++seed) {
    World world(seed);
    const bool whole = seed % 3 == 0;
    const auto configuration = whole ? world.configuration(false, {"enqueue", "allocate", "gangpreempt", "gangreclaim"})
                                     : world.configuration(false, {"enqueue", "allocate", "preempt", "reclaim"});
    configuration->attach(world.state().cluster());
    const bool gangs_are_kept = whole || world.text().find("enablePreemptable") == std::string::npos;
    const bool has_quota = world.text().find("proportion") != std::string::npos;
    for (int cycle = 0; cycle < 3; ++cycle) {
      const Decisions decisions = world.cycle(*configuration);
      const Cluster& cluster = world.state().cluster();
      auto wrong = wrong_victims(world, cluster, decisions, gangs_are_kept);
      for (auto& each : testing::check_placements(cluster, *configuration, decisions)) {
        // Where gang protects nobody, a gang can be completed and broken in one cycle.
        const bool is_broken =
            each.find("half-placed") != std::string::npos || each.find("whole sub-groups") != std::string::npos;
        if (gangs_are_kept || !is_broken) wrong.push_back(std::move(each));
      }
      if (!has_quota && !whole) {
        for (auto& each : useless_evictions(cluster, decisions)) wrong.push_back(std::move(each));
      }
      ASSERT_EQ(std::vector<std::string>{}, wrong) << "seed " << seed << "\n"
                                                   << world.text() << "decided:\n"
                                                   << print(decisions, cluster);
      world.settle(decisions, true);
    }
  }
}

}  // namespace
}  // namespace basalt
