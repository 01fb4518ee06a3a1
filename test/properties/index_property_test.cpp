#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

// The placement index answers as asking every node does: over clusters that change, sessions
// that try things and take them back, and every built-in plugin with random arguments.
namespace basalt {
namespace {

/// Whether hardly any two nodes are alike, or most are alike to many: those are asked as one where no term forbids it.
enum class Nodes : std::uint8_t { varied, alike };

/// Plugins whose terms look at more of a node than its amounts, for every pod.
bool looks_closer(const std::string& plugin) {
  return plugin == "fragmentation" || plugin == "numa-aware" || plugin == "io-aware" || plugin == "deviceshare" ||
         plugin == "nodegroup";
}

/// A cluster on which random things happen, with a configuration that asks both ways.
class Rehearsal {
 public:
  explicit Rehearsal(std::uint32_t seed, Nodes nodes = Nodes::varied) : random_(seed), nodes_(nodes) {
    Tier tier;
    Findings findings;
    for (const PluginType& type : builtin_plugins()) {
      if (one_in(6) || (nodes_ == Nodes::alike && looks_closer(type.name) && !one_in(6))) continue;
      Arguments arguments;
      if (type.name == "nodeorder") {
        for (const char* key : {"leastrequested.weight", "mostrequested.weight", "balancedresource.weight",
                                "nodeaffinity.weight", "tainttoleration.weight"}) {
          if (one_in(2)) arguments.emplace_back(key, ArgumentValue(std::int64_t{pick(0, 5)}));
        }
      }
      if (type.name == "deviceshare") {
        arguments.emplace_back("deviceshare.VGPUEnable", ArgumentValue(true));
        if (one_in(2)) arguments.emplace_back("deviceshare.SchedulePolicy", one_in(2) ? "binpack" : "spread");
      }
      if (type.name == "fragmentation") {
        arguments.emplace_back("fragmentation.policy", one_in(2) ? "look-ahead" : "gradient-descent");
        arguments.emplace_back("fragmentation.shapes", "3*cpu=1,gpu=0.4;2*cpu=2,gpu=1;1*cpu=4,gpu=2");
        arguments.emplace_back("fragmentation.samples", ArgumentValue(std::int64_t{2}));
        arguments.emplace_back("fragmentation.depth", ArgumentValue(std::int64_t{5}));
      }
      tier.plugins.push_back(PluginSlot{type.name, type.configure(arguments, findings), {}});
    }
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
    configuration_.memory->verify_every(1);
    apply("queue default");
    for (int i = 0; i < highest_node() - 1; ++i) change_node(i);
    for (int i = 0; i < 30; ++i) add_pod();
  }

  /// Runs a session and lets something happen after it. The number of questions asked.
  std::size_t step() {
    std::size_t asked = 0;
    {
      Session session(state_.cluster(), configuration_, Moment{});
      for (int i = pick(1, 4); i > 0; --i) {
        Transaction tx = session.begin();
        asked += try_things(session, tx, pick(1, 12), 0);
        if (one_in(2)) tx.commit();
      }
      const Decisions decisions = std::move(session).close();
      if (one_in(2)) state_.assume(decisions);
    }
    for (int i = pick(0, 3); i > 0; --i) happen();
    return asked;
  }

  [[nodiscard]] std::uint64_t mismatches() const { return configuration_.memory->mismatches(); }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool one_in(int of) { return pick(1, of) == 1; }

  void apply(const std::string& line) {
    const auto deltas = parse_cluster_text(line + "\n");
    ASSERT_TRUE(deltas) << line << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  [[nodiscard]] int highest_node() const { return nodes_ == Nodes::alike ? 41 : 13; }

  std::string amounts() {
    if (nodes_ == Nodes::alike) return one_in(4) ? " cpu=8 memory=4Gi pods=10" : " cpu=4 memory=8Gi pods=6";
    return " cpu=" + std::to_string(pick(1, 8)) + " memory=" + std::to_string(pick(1, 8)) +
           "Gi pods=" + std::to_string(pick(2, 10));
  }

  void change_node(int i) {
    apply("node n" + std::to_string(i) + amounts() + " label:zone=" + (one_in(2) ? "a" : "b") +
          (one_in(6) ? " taint:dedicated=x:NoSchedule" : "") + (one_in(4) ? " taint:slow=y:PreferNoSchedule" : "") +
          (one_in(8) ? " taint:old=z:PreferNoSchedule" : "") + (one_in(8) ? " unschedulable" : "") +
          (one_in(nodes_ == Nodes::alike ? 10 : 2) ? gpus(i) : ""));
  }

  /// One to three, numbered anew each time.
  std::string gpus(int i) {
    const int count = pick(1, 3);
    const std::string sum = std::to_string(100 * count);
    std::string text = " volcano.sh/vgpu-number=" + sum + " volcano.sh/vgpu-memory=" + sum +
                       " volcano.sh/vgpu-cores=" + sum + " annotation:volcano.sh/node-vgpu-register=";
    for (int gpu = 0; gpu < count; ++gpu) {
      text += "n" + std::to_string(i) + "-" + std::to_string((gpu + pick(0, 1)) % count) + ",3,100,NVIDIA," +
              (one_in(8) ? "false" : "true") + ",hami-core:";
    }
    return text;
  }

  void add_pod() {
    apply("pod p" + std::to_string(pods_++) + (one_in(8) ? "" : " cpu=" + std::to_string(pick(1, 6) * 500) + "m") +
          (one_in(2) ? " memory=" + std::to_string(pick(1, 2)) + "Gi" : "") + (one_in(5) ? " select:zone=a" : "") +
          (one_in(4) ? " prefer:zone=b" : "") + (one_in(5) ? " tolerate:dedicated=x" : "") +
          (one_in(4) ? " tolerate:slow=y" : "") + (one_in(6) ? " port=80" : "") + (one_in(2) ? relations() : "") +
          (one_in(3) ? shares() : ""));
  }

  std::string shares() {
    return " volcano.sh/vgpu-number=" + std::to_string(pick(1, 2)) +
           (one_in(4) ? "" : " volcano.sh/vgpu-memory=" + std::to_string(pick(1, 9) * 10)) +
           (one_in(2) ? "" : " volcano.sh/vgpu-cores=" + std::to_string(pick(0, 10) * 10));
  }

  /// What it asks of other pods.
  std::string relations() {
    const std::string app = one_in(2) ? "app=a" : "app=b";
    return std::string(one_in(3)   ? ""
                       : one_in(2) ? " label:app=a"
                                   : " label:app=b") +
           (one_in(6) ? " affinity:zone=" + app : "") + (one_in(6) ? " anti-affinity:zone=" + app : "") +
           (one_in(4) ? " prefer-affinity:zone=5:" + app : "") +
           (one_in(4) ? " prefer-anti-affinity:zone=9:app=a" : "") + (one_in(4) ? " spread:zone=1:" + app : "") +
           (one_in(4) ? " spread:zone=2,soft:" + app : "");
  }

  void happen() {
    switch (pick(0, 4)) {
      case 0: change_node(pick(0, highest_node())); break;
      case 1: apply("gone node n" + std::to_string(pick(0, highest_node()))); break;
      case 2: apply("gone pod p" + std::to_string(pick(0, pods_ - 1))); break;
      default: add_pod(); break;
    }
  }

  std::vector<TaskId> tasks_in(TaskStatus status) const {
    std::vector<TaskId> tasks;
    state_.cluster().tasks().for_each([&](TaskId id, const Task&) {
      if (state_.cluster().status(id) == status) tasks.push_back(id);
    });
    return tasks;
  }

  std::size_t try_things(Session& session, Transaction& tx, int count, int depth) {
    std::size_t asked = 0;
    const auto before = tx.savepoint();
    for (int i = 0; i < count; ++i) {
      const std::vector<TaskId> waiting = tasks_in(TaskStatus::pending);
      const std::vector<TaskId> bound = tasks_in(TaskStatus::bound);
      if (!bound.empty() && one_in(4)) {
        tx.evict(bound[static_cast<std::size_t>(pick(0, static_cast<int>(bound.size()) - 1))], "preempt");
      } else if (!waiting.empty()) {
        asked += place(session, tx, waiting[static_cast<std::size_t>(pick(0, static_cast<int>(waiting.size()) - 1))]);
      }
      if (one_in(10)) tx.rollback(before);
      if (depth < 2 && one_in(6)) {
        Transaction inner = session.begin();
        asked += try_things(session, inner, pick(1, 4), depth + 1);
        if (one_in(2)) inner.commit();
      }
    }
    return asked;
  }

  std::size_t place(Session& session, Transaction& tx, TaskId task) {
    FitSummary why;
    const auto nodes = session.cluster().nodes_in_order();
    const std::size_t half = nodes.size() / 2;
    const auto placement =
        one_in(4) ? session.find_placement(task, nodes.subspan(0, half), why) : session.find_placement(task, why);
    if (placement && placement->now) {
      // Refused where the GPUs that it needs are only being left.
      const bool is_allocated = static_cast<bool>(tx.allocate(task, placement->node));
      EXPECT_TRUE(is_allocated || !session.cluster().spec(task).device_requests.empty());
    }
    if (placement && !placement->now) tx.pipeline(task, placement->node);
    return 1;
  }

  std::mt19937 random_;
  Nodes nodes_;
  State state_{Ownership{}};
  Configuration configuration_;  // after the state: its plugins have columns in the tables
  int pods_ = 0;
};

TEST(IndexProperty, AnswersAsAskingEveryNodeDoes) {
  constexpr std::size_t kCases = 100'000;
  std::size_t asked = 0;
  for (std::uint32_t seed = 1; asked < kCases; ++seed) {
    Rehearsal rehearsal(seed);
    for (int step = 0; step < 40; ++step) {
      asked += rehearsal.step();
      ASSERT_EQ(0U, rehearsal.mismatches()) << "seed " << seed << ", step " << step;
    }
  }
}

TEST(IndexProperty, AnswersAsAskingEveryNodeDoesWhereManyNodesAreAlike) {
  constexpr std::size_t kCases = 30'000;
  std::size_t asked = 0;
  for (std::uint32_t seed = 1; asked < kCases; ++seed) {
    Rehearsal rehearsal(seed, Nodes::alike);
    for (int step = 0; step < 40; ++step) {
      asked += rehearsal.step();
      ASSERT_EQ(0U, rehearsal.mismatches()) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace basalt
