#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "basalt/testing/scenario.hpp"
#include "plugins/builtin.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// Applications whose executors appear only once their driver runs: a hundred at once on a cluster that could run
// twenty. Without a minimum the drivers fill the cluster and nobody ever gets an executor. With one, the gate lets in
// as many as can have their executors, and keeps the room for them.
namespace basalt::testing {
namespace {

constexpr int kApplications = 100;
constexpr int kExecutors = 2;
constexpr int kCpus = 60;

struct Gate {
  std::string plugin;
  Arguments arguments;
};

/// Applications of a driver and two executors of one cpu each. An application ends two cycles after it has all three.
class SparkCluster {
 public:
  SparkCluster(const std::vector<Gate>& gates, bool states_minimum) {
    const Registry registry{builtin_plugins(), builtin_actions()};
    Findings findings;
    for (const char* name : {"enqueue", "allocate", "backfill"}) {
      configuration_.actions.push_back({name, registry.find_action(name)->configure({}, findings)});
    }
    Tier tier;
    for (const char* name : {"priority", "gang", "predicates"}) {
      tier.plugins.push_back({name, registry.find_plugin(name)->configure({}, findings), {}});
    }
    for (const Gate& gate : gates) {
      tier.plugins.push_back({gate.plugin, registry.find_plugin(gate.plugin)->configure(gate.arguments, findings), {}});
    }
    EXPECT_TRUE(findings.empty());
    configuration_.tiers.push_back(std::move(tier));
    configuration_.attach(state_.cluster());
    apply("queue default capability.cpu=" + std::to_string(kCpus));
    apply("node n{0..9} cpu=" + std::to_string(kCpus / 10));
    for (int i = 0; i < kApplications; ++i) {
      const std::string name = "app" + std::to_string(i);
      apply("job " + name + " min=1" + (states_minimum ? " min-resources.cpu=3" : ""));
      make_pod(name, "driver");
    }
  }

  /// Cycles until all applications have ended; nothing, if they never do.
  std::optional<int> cycles_to_the_end() {
    int idle = 0;
    for (int cycle = 1; idle < 10; ++cycle) {
      const std::size_t left = applications_.size();
      run_cycle();
      idle = applications_.size() == left ? idle + 1 : 0;
      most_let_in_ = std::max(most_let_in_, let_in());
      if (applications_.empty()) return cycle;
    }
    return std::nullopt;
  }

  /// The most applications that ever had pods running at one time.
  [[nodiscard]] int most_at_once() const { return most_let_in_; }
  [[nodiscard]] std::size_t left() const { return applications_.size(); }

 private:
  struct Application {
    std::map<std::string, std::string> pods;  // by role: the node it runs on, or empty
    int complete_for = 0;                     // cycles
  };

  void apply(const std::string& lines) {
    const auto deltas = parse_cluster_text(lines, ++second_);
    ASSERT_TRUE(deltas) << lines << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }

  void make_pod(const std::string& application, const std::string& role) {
    applications_[application].pods[role] = "";
    put_pod(application, role, "");
    publish_quota();
  }
  void put_pod(const std::string& application, const std::string& role, const std::string& node) {
    apply("task " + application + "-" + role + " job=" + application + " cpu=1 created=1" +
          (node.empty() ? "" : " on=" + node + " status=running"));
  }

  /// What the controller of ResourceQuotas would count, of a quota that all drivers and the executors of twenty fit
  /// into.
  void publish_quota() {
    std::size_t pods = 0;
    for (const auto& [name, application] : applications_) pods += application.pods.size();
    apply("quota compute hard.requests.cpu=" + std::to_string(applications_.size() + 2 * kCpus / 3) +
          " used.requests.cpu=" + std::to_string(pods));
  }

  void run_cycle() {
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::seconds(second_)), ++cycle_});
    for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    state_.assume(decisions);
    for (const Decision& decision : decisions) {
      const auto* bind = std::get_if<Bind>(&decision);
      if (bind == nullptr) continue;
      const std::string pod = state_.cluster().tasks()[bind->task].name;
      const std::size_t dash = pod.find('-');
      const std::string node = state_.cluster().node_name(bind->node);
      applications_.at(pod.substr(0, dash)).pods.at(pod.substr(dash + 1)) = node;
      put_pod(pod.substr(0, dash), pod.substr(dash + 1), node);
    }
    pass_time();
  }

  void pass_time() {
    std::vector<std::string> starting, ended;
    for (auto& [name, application] : applications_) {
      if (application.pods.size() == 1 && !application.pods.at("driver").empty()) starting.push_back(name);
      if (application.pods.size() < 1 + kExecutors) continue;
      const bool is_complete = std::none_of(application.pods.begin(), application.pods.end(),
                                            [](const auto& pod) { return pod.second.empty(); });
      if (is_complete && ++application.complete_for == 2) ended.push_back(name);
    }
    for (const std::string& name : starting) {
      for (int i = 1; i <= kExecutors; ++i) make_pod(name, "exec" + std::to_string(i));
    }
    for (const std::string& name : ended) {
      for (const auto& [role, node] : applications_.at(name).pods) apply("gone task " + name + "-" + role);
      apply("gone job " + name);
      applications_.erase(name);
      publish_quota();
    }
  }

  [[nodiscard]] int let_in() const {
    int running = 0;
    for (const auto& [name, application] : applications_) {
      if (!application.pods.at("driver").empty()) ++running;
    }
    return running;
  }

  State state_{Ownership{}};
  Configuration configuration_;
  std::map<std::string, Application> applications_;
  std::int64_t second_ = 3600;
  std::uint64_t cycle_ = 0;
  int most_let_in_ = 0;
};

const std::vector<Gate> kGatesOneByOne = {
    {"overcommit", {{"overcommit-factor", 1}}},
    {"overcommit", {}},  // 1.2
    {"proportion", {}},
    {"capacity", {}},
    {"resourcequota", {}},
};

TEST(Spark, WithoutAMinimumDriversFillTheClusterAndNothingEverEnds) {
  for (const Gate& gate : kGatesOneByOne) {
    SCOPED_TRACE(gate.plugin);
    SparkCluster spark({gate}, false);
    EXPECT_EQ(std::nullopt, spark.cycles_to_the_end());
    EXPECT_EQ(std::size_t{kApplications}, spark.left());
    EXPECT_EQ(kCpus, spark.most_at_once());
  }
}

TEST(Spark, WithAMinimumEveryApplicationEndsBehindAnyGate) {
  for (const Gate& gate : kGatesOneByOne) {
    SCOPED_TRACE(gate.plugin);
    SparkCluster spark({gate}, true);
    EXPECT_NE(std::nullopt, spark.cycles_to_the_end()) << spark.left() << " left";
    // Twenty fit with all their pods; a factor of 1.2 lets in four more, whose executors wait for those of others.
    EXPECT_LE(spark.most_at_once(), gate.plugin == "overcommit" && gate.arguments.empty() ? 24 : 20);
  }
}

TEST(Spark, WithAMinimumEveryApplicationEndsBehindAllGatesAtOnce) {
  for (const char* divider : {"proportion", "capacity"}) {
    SCOPED_TRACE(divider);
    SparkCluster spark({{"overcommit", {}}, {divider, {}}, {"resourcequota", {}}}, true);
    EXPECT_NE(std::nullopt, spark.cycles_to_the_end()) << spark.left() << " left";
    EXPECT_LE(spark.most_at_once(), 20);
  }
}

TEST(Spark, AFactorThatLetsInMoreDriversThanThereIsRoomForLeadsBackToTheDeadlock) {
  SparkCluster spark({{"overcommit", {{"overcommit-factor", 3}}}}, true);
  EXPECT_EQ(std::nullopt, spark.cycles_to_the_end());
}

}  // namespace
}  // namespace basalt::testing
