#include <gtest/gtest.h>

#include <map>
#include <random>

#include "basalt/framework/session.hpp"
#include "basalt/model/cluster_text.hpp"
#include "plugins/builtin.hpp"
#include "plugins/io-aware/io_use.hpp"
#include "plugins/numa-aware/numa_use.hpp"
#include "properties/cases.hpp"
#include "src/actions/builtin.hpp"
#include "state/state.hpp"

// What is held of cpus and bandwidth, kept up to date over histories, is what counting anew finds; and nobody gets what
// another has.
namespace basalt::testing {
namespace {

constexpr int kNodes = 3;
constexpr std::int64_t kGigabits = 10'000'000'000;

std::string number(int value) { return std::to_string(value); }

class History {
 public:
  explicit History(std::uint32_t seed) : random_(seed) {
    const Registry registry{builtin_plugins(), builtin_actions()};
    Findings findings;
    for (const char* name : {"allocate", "backfill"}) {
      configuration_.actions.push_back({name, registry.find_action(name)->configure({}, findings)});
    }
    Tier tier;
    for (const char* name : {"gang", "predicates", "numa-aware", "io-aware"}) {
      tier.plugins.push_back({name, registry.find_plugin(name)->configure({}, findings), {}});
    }
    configuration_.tiers.push_back(std::move(tier));
    numa_.attach(state_.cluster());
    io_.attach(state_.cluster());
    configuration_.attach(state_.cluster());
    apply("queue default");
    for (int i = 0; i < kNodes; ++i) {
      apply("node n" + number(i) + " cpu=10 memory=64Gi annotation:basalt.sh/network-bandwidth=10G");
      apply(topology(i));
    }
  }

  void step() {
    for (int i = pick(5); i > 0; --i) happen();
    Session session(state_.cluster(), configuration_, Moment{WallTime(std::chrono::hours(1)), ++cycle_});
    for (const ActionSlot& slot : configuration_.actions) slot.action->run(session);
    const Decisions decisions = std::move(session).close();
    state_.assume(decisions);
    for (const Decision& decision : decisions) {
      const auto* bind = std::get_if<Bind>(&decision);
      if (bind == nullptr) continue;
      const std::string name = state_.cluster().tasks()[bind->task].name;
      std::string& line = pods_.at(name);
      line += " on=" + state_.cluster().node_name(bind->node);
      for (const auto& [key, value] : bind->annotations) line += " annotation:" + key + "=" + value;
      if (pick(3) > 0) apply(line + " status=running");
    }
  }

  void expect_sound() {
    NumaUse numa;
    IoUse io;
    numa.attach(state_.cluster());
    io.attach(state_.cluster());
    for (const NodeId node : state_.cluster().nodes_in_order()) {
      ASSERT_EQ(numa.held(node), numa_.held(node));
      ASSERT_EQ(io.sums(node), io_.sums(node));
      EXPECT_LE(io_.sums(node).held.network, kGigabits);
      for (const std::uint8_t pods : numa_.held(node)) ASSERT_LE(pods, 1);
    }
  }
  [[nodiscard]] std::size_t cpus_held() const {
    std::size_t held = 0;
    for (const NodeId node : state_.cluster().nodes_in_order()) {
      for (const std::uint8_t pods : numa_.held(node)) held += pods;
    }
    return held;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  void apply(const std::string& lines) {
    const auto deltas = parse_cluster_text(lines, ++second_);
    ASSERT_TRUE(deltas) << lines << ": " << deltas.error().message;
    for (const Delta& delta : *deltas) state_.apply(delta);
  }
  std::string topology(int node) {
    static constexpr const char* kPolicies[] = {"", " policy=best-effort", " policy=restricted",
                                                " policy=single-numa-node"};
    return "numatopology n" + number(node) + " static" + kPolicies[pick(4)] + " numa:0=0-4 numa:1=5-9" +
           (pick(3) == 0 ? " allocatable=1-8" : "");
  }
  std::string some_pod() {
    auto pod = pods_.begin();
    std::advance(pod, pick(static_cast<int>(pods_.size())));
    return pod->first;
  }
  void happen() {
    const int what = pods_.empty() ? 0 : pick(6);
    if (what <= 2) {
      const std::string name = "p" + number(made_++);
      const std::string cpu = number(1 + pick(4));
      pods_[name] = "pod " + name + " created=1 cpu=" + cpu + " memory=1Gi" +
                    (pick(3) > 0 ? " guaranteed=" + cpu : "") +
                    (pick(2) == 0 ? " annotation:basalt.sh/network-bandwidth=" + number(1 + pick(6)) + "G" : "");
      apply(pods_[name]);
    } else if (what == 3) {
      const std::string name = some_pod();
      apply("gone pod " + name);
      pods_.erase(name);
    } else if (what == 4) {
      const std::string name = some_pod();
      if (pods_[name].find(" on=") != std::string::npos) apply(pods_[name] + " status=running deleting");
    } else {
      const int node = pick(kNodes);
      apply(pick(4) == 0 ? "gone numatopology n" + number(node) : topology(node));
    }
  }

  std::mt19937 random_;
  State state_{Ownership{}};
  NumaUse numa_;
  IoUse io_;
  Configuration configuration_;
  std::map<std::string, std::string> pods_;  // by name, as they stand
  int made_ = 0;
  std::int64_t second_ = 0;
  std::uint64_t cycle_ = 0;
};

TEST(NodeUse, OfCpusAndBandwidthIsWhatCountingAnewFindsAndNobodyGetsWhatAnotherHas) {
  std::size_t held = 0;
  for (std::uint32_t seed = 0; seed < cases(60); ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    for (int step = 0; step < 30; ++step) {
      history.step();
      history.expect_sound();
      if (::testing::Test::HasFatalFailure()) return;
    }
    held += history.cpus_held();
  }
  EXPECT_GT(held, 0U);
}

}  // namespace
}  // namespace basalt::testing
