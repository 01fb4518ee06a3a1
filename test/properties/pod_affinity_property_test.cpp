#include <random>

#include <gtest/gtest.h>

#include "properties/cases.hpp"

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "properties/pod_oracle.hpp"
#include "state/state.hpp"

// Counters that follow every placement, against counting anew: over deltas that come and go,
// placements, roll-backs, and nodes, namespaces and pods that change.
namespace basalt::testing {
namespace {

class Story {
 public:
  explicit Story(std::uint32_t seed) : random_(seed) {
    // Attached in mid-life every other time: what is there is then counted in one go.
    const bool late = chance(2);
    if (!late) attach();
    say("queue default");
    for (int i = 0; i < 3; ++i) say(name_space(i));
    for (int i = 0; i < kNodes; ++i) say(node(i));
    for (int i = 0; i < 12; ++i) say(pod(i));
    if (late) attach();
  }

  /// Deltas between cycles.
  void happen() {
    for (int i = pick(1, 4); i > 0; --i) {
      switch (pick(0, 6)) {
        case 0: say(node(pick(0, kNodes - 1))); break;
        case 1: say("gone node n" + std::to_string(pick(0, kNodes - 1))); break;
        case 2: say(name_space(pick(0, 2))); break;
        case 3: say("gone pod " + pod_name(pick(0, kPods - 1))); break;
        default: say(pod(pick(0, kPods - 1))); break;
      }
    }
  }

  /// A session that tries this and that, asks at every turn, and leaves no trace.
  void decide() {
    Cluster& cluster = state_.cluster();
    const std::uint64_t before = cluster.fingerprint();
    Session session(cluster, configuration_, Moment{});
    compare(session);
    {
      Transaction outer = session.begin();
      for (int i = 0; i < 4; ++i) change(outer);
      compare(session);
      const auto point = outer.savepoint();
      for (int i = 0; i < 4; ++i) change(outer);
      compare(session);
      outer.rollback(point);
      compare(session);
      if (chance(2)) outer.commit();
    }
    compare(session);
    const Decisions decisions = std::move(session).close();
    EXPECT_EQ(before, cluster.fingerprint());
    state_.assume(decisions);
  }

 private:
  static constexpr int kNodes = 6, kPods = 16;

  int pick(int low, int high) { return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1)); }
  bool chance(int of) { return pick(1, of) == 1; }
  std::string one_of(std::initializer_list<const char*> texts) {
    return *(texts.begin() + pick(0, static_cast<int>(texts.size()) - 1));
  }

  void attach() {
    Tier tier;
    Findings findings;
    for (const PluginType& type : builtin_plugins()) {
      Arguments arguments;
      if (type.name == "nodeorder") {
        for (const char* off : {"leastrequested", "balancedresource", "nodeaffinity", "tainttoleration"}) {
          arguments.emplace_back(std::string(off) + ".weight", 0);
        }
        arguments.emplace_back("podaffinity.weight", 1000);
        arguments.emplace_back("podtopologyspread.weight", 1);
      } else if (type.name != "predicates") {
        continue;
      }
      tier.plugins.push_back(PluginSlot{type.name, type.configure(arguments, findings), {}});
    }
    EXPECT_TRUE(findings.empty());
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
  }

  void say(const std::string& line) {
    const auto deltas = parse_cluster_text(line);
    ASSERT_TRUE(deltas.has_value()) << line << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  std::string name_space(int i) {
    return "namespace " + std::string(i == 0 ? "default" : "ns" + std::to_string(i)) +
           " label:team=" + one_of({"a", "b"});
  }
  std::string node(int i) {
    std::string line = "node n" + std::to_string(i) + " cpu=64";
    if (!chance(5)) line += " label:zone=" + one_of({"a", "b", "c"});
    if (!chance(5)) line += " label:kubernetes.io/hostname=n" + std::to_string(i);
    if (chance(3)) line += " label:pool=x";
    if (chance(5)) line += " taint:team=x:NoSchedule";
    return line;
  }
  static std::string pod_name(int i) {
    return (i % 4 == 0 ? "ns1/" : i % 4 == 1 ? "ns2/" : "") + ("p" + std::to_string(i));
  }
  std::string pods() { return one_of({"app=a", "app=b", "app=a|b", "app!=a", "app", "!app", "*", "app=a&tier=x", ""}); }
  std::string term() {
    return one_of({"zone", "zone", "kubernetes.io/hostname", "pool"}) + "=" + weight_ + pods() +
           one_of({"", "", "", "@*", "@ns1", "@?team=a", "@ns2,?team=b"});
  }
  std::string spread() {
    return one_of({"zone", "kubernetes.io/hostname"}) + "=" + std::to_string(pick(1, 3)) +
           one_of({"", "", ",min=3", ",min=8", ",any-node", ",no-taints"});
  }
  std::string pod(int i) {
    std::string line = "pod " + pod_name(i) + " cpu=100m";
    if (!chance(5)) line += " label:app=" + one_of({"a", "b", "c"});
    if (chance(3)) line += " label:tier=x";
    if (chance(4)) line += " label:number=" + std::to_string(i);
    if (chance(6)) line += " select:pool=x";
    if (chance(8)) line += " tolerate:team=x";
    weight_.clear();
    if (chance(4)) line += " affinity:" + term();
    if (chance(12)) line += " affinity:" + term();
    if (chance(4)) line += " anti-affinity:" + term();
    for (const char* kind : {" prefer-affinity:", " prefer-anti-affinity:"}) {
      weight_ = std::to_string(pick(1, 100)) + ":";
      if (chance(4)) line += kind + term();
    }
    if (chance(4)) line += " spread:" + spread() + ":" + pods();
    if (chance(8)) line += " spread:" + spread() + ":" + pods();
    if (chance(4)) line += " spread:" + spread() + ",soft:" + pods();
    if (chance(8)) line += " spread:" + spread() + ",soft:" + pods();
    if (chance(2)) line += " on=n" + std::to_string(pick(0, kNodes - 1)) + " status=running";
    if (chance(5)) line += " deleting";
    if (chance(4)) line += " scheduler=default-scheduler";
    return line;
  }

  void change(Transaction& tx) {
    const Cluster& cluster = state_.cluster();
    std::vector<TaskId> tasks;
    cluster.tasks().for_each([&](TaskId task, const Task&) { tasks.push_back(task); });
    if (tasks.empty() || cluster.nodes_in_order().empty()) return;
    const TaskId task = tasks[random_() % tasks.size()];
    const NodeId node = cluster.nodes_in_order()[random_() % cluster.nodes_in_order().size()];
    switch (cluster.status(task)) {
      case TaskStatus::pending:
        if (!cluster.tasks()[task].job) break;
        if (chance(3)) {
          tx.pipeline(task, node);
        } else {
          EXPECT_TRUE(tx.allocate(task, node));
        }
        break;
      case TaskStatus::pipelined: tx.release(task); break;
      case TaskStatus::running: tx.evict(task, "preempt"); break;
      default: break;
    }
  }

  void compare(const Session& session) {
    const Cluster& cluster = state_.cluster();
    const PodOracle oracle(cluster);
    const std::span<const NodeId> nodes = cluster.nodes_in_order();
    cluster.tasks().for_each([&](TaskId task, const Task& row) {
      if (cluster.status(task) != TaskStatus::pending || nodes.empty()) return;
      // Filters that look at a node alone come first or between: what they refuse says nothing here.
      for (const NodeId node : nodes) {
        const Fit fit = session.fit(task, node);
        const std::string got = fit ? "" : format(fit.reason, cluster.symbols());
        if (got.find(" pod ") == std::string::npos && got.find("existing pods") == std::string::npos && !fit) continue;
        ASSERT_EQ(oracle.refusal(task, node), got) << row.name << " on " << cluster.node_name(node);
      }
      const std::vector<Score> totals = session.scores(task, nodes);
      const std::vector<Score> preferred = oracle.preferred(task, nodes);
      const std::vector<Score> spread = oracle.spread(task, nodes);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        ASSERT_EQ((preferred[i] * 1000 + spread[i]) * kPoint, totals[i])
            << row.name << " on " << cluster.node_name(nodes[i]);
      }
    });
  }

  std::mt19937 random_;
  State state_{Ownership{}};
  Configuration configuration_;  // goes before the tables
  std::string weight_;
};

TEST(PodAffinity, CountersSayWhatCountingAnewSays) {
  for (std::uint32_t seed = 1; seed <= testing::cases(400); ++seed) {
    Story story(seed);
    for (int cycle = 0; cycle < 6; ++cycle) {
      story.decide();
      story.happen();
    }
    story.decide();
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace basalt::testing
