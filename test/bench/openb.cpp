#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "bench/openb_policies.hpp"
#include "bench/openb_trace.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "plugins/devices/device_assignment.hpp"
#include "state/state.hpp"

// How much of a cluster's GPUs get used when pods arrive one by one and never leave: Alibaba's trace of 2023, by the
// method of "Beware of Fragmentation" (ATC 2023). A cycle for each pod, through state, session, allocate and plugins.
// docs/performance.md says what the figures mean.
namespace basalt::bench {
namespace {

constexpr std::int64_t kPercent = 130;
constexpr std::uint64_t kFirstSeed = 42;

/// Adds up what was bound, from the annotations alone: shares no code with the plugins' accounts.
class Ledger {
 public:
  explicit Ledger(const Trace& trace) {
    for (const TraceNode& node : trace.nodes) free_[node.name] = {node.cpu_milli, node.memory_mib};
  }
  /// False if more was given out than there is, or other than was asked for.
  bool enter(const TracePod& pod, const std::string& node, const StringPairs& annotations) {
    auto& [cpu, memory] = free_.at(node);
    cpu -= pod.cpu_milli;
    memory -= pod.memory_mib;
    std::int64_t given = 0;
    bool is_sound = cpu >= 0 && memory >= 0;
    if (const std::string* shares = find_value(annotations, "volcano.sh/vgpu-ids-new")) {
      for (const auto& container : parse_assignment(*shares)) {
        for (const DeviceShare& share : container) {
          given += share.memory;
          is_sound = is_sound && share.uuid.starts_with(node + "-") && (used_[share.uuid] += share.memory) <= 1000;
        }
      }
    }
    allocated_ += given;
    return is_sound && given == pod.gpu_demand();
  }
  [[nodiscard]] std::int64_t allocated() const { return allocated_; }

 private:
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> free_;
  std::map<std::string, std::int64_t> used_;  // by GPU
  std::int64_t allocated_ = 0;
};

/// GPU allocation in percent of all GPUs.
struct Outcome {
  double at_100 = 0, at_130 = 0, seconds = 0;
  bool is_sound = true;
};

std::unique_ptr<Configuration> configured(const PlacementPolicy& policy) {
  Registry registry{builtin_plugins(), builtin_actions()};
  for (PluginType& type : reference_plugins()) registry.plugins.push_back(std::move(type));
  auto parsed = parse_configuration(policy.configuration, policy.name, registry, Leniency::strict);
  for (const Finding& finding : parsed.findings) std::cerr << finding.message << "\n";
  return std::move(parsed.configuration);
}

/// The number of the node that the one pod of the cycle was bound to; nothing: it found no place.
std::optional<Bind> one_cycle(State& state, const Configuration& configuration, std::uint64_t cycle) {
  Session session(state.cluster(), configuration, Moment{WallTime{}, cycle});
  for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
  const Decisions decisions = std::move(session).close();
  std::optional<Bind> bound;
  for (const Decision& decision : decisions) {
    if (const auto* bind = std::get_if<Bind>(&decision)) bound = *bind;
  }
  state.assume(decisions);
  return bound;
}

Outcome run(const Trace& trace, const PlacementPolicy& policy, std::uint64_t seed) {
  const auto start = std::chrono::steady_clock::now();
  Outcome outcome;
  State state{Ownership{}};
  std::unique_ptr<Configuration> configuration = configured(policy);
  if (!configuration) return Outcome{0, 0, 0, false};
  configuration->attach(state.cluster());
  QueueObject queue;
  queue.meta.name = "default";
  state.apply(Upserted{queue});
  for (const TraceNode& node : trace.nodes) state.apply(Upserted{node_object(node)});
  Ledger ledger(trace);
  std::int64_t offered = 0;
  std::uint64_t cycle = 0;
  const auto percent = [&] {
    return 100.0 * static_cast<double>(ledger.allocated()) / static_cast<double>(trace.gpu_capacity());
  };
  for (const std::size_t position : arrivals(trace, seed, kPercent)) {
    const TracePod& pod = trace.pods[position];
    const PodObject object = pod_object(pod, ++cycle);
    state.apply(Upserted{object});
    if (const auto bind = one_cycle(state, *configuration, cycle)) {
      const std::string& node = state.cluster().node_name(bind->node);
      outcome.is_sound = ledger.enter(pod, node, bind->annotations) && outcome.is_sound;
      BindResult result;
      result.namespace_name = object.meta.namespace_name;
      result.name = object.meta.name;
      result.uid = object.meta.uid;
      result.node_name = node;
      result.outcome = BindResult::Outcome::acknowledged;
      state.apply(result);
    } else {
      state.apply(Removed{ObjectKind::pod, object.meta.namespace_name, object.meta.name, object.meta.uid});
    }
    const bool was_below = offered < trace.gpu_capacity();
    offered += pod.gpu_demand();
    if (was_below && offered >= trace.gpu_capacity()) outcome.at_100 = percent();
  }
  outcome.at_130 = percent();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  configuration.reset();  // before the tables that its plugins have columns in
  return outcome;
}

struct Spread {
  double mean = 0, deviation = 0, least = 0, most = 0;
};

Spread spread_of(const std::vector<double>& values) {
  Spread spread;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) spread.mean += value / count;
  for (const double value : values) spread.deviation += (value - spread.mean) * (value - spread.mean);
  spread.deviation = values.size() > 1 ? std::sqrt(spread.deviation / (count - 1)) : 0;
  spread.least = *std::min_element(values.begin(), values.end());
  spread.most = *std::max_element(values.begin(), values.end());
  return spread;
}

void print_row(const std::string& name, const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  std::printf("%-34s %7.2f  %5.2f  %7.2f  %7.2f\n", name.c_str(), spread.mean, spread.deviation, spread.least,
              spread.most);
}

bool compare(const Trace& trace, std::uint64_t seeds, const std::string& only) {
  std::printf("%zu nodes, %lld GPUs, %zu pods in the list; %lld %% of all GPUs asked for; seeds %llu to %llu\n",
              trace.nodes.size(), static_cast<long long>(trace.gpu_capacity() / 1000), trace.pods.size(),
              static_cast<long long>(kPercent), static_cast<unsigned long long>(kFirstSeed),
              static_cast<unsigned long long>(kFirstSeed + seeds - 1));
  std::printf("%-34s %7s  %5s  %7s  %7s\n", "GPU allocation, percent", "mean", "dev", "least", "most");
  bool is_sound = true;
  std::map<std::string, std::vector<double>> at_130;
  for (std::size_t number = 0; number < placement_policies(trace, 0).size(); ++number) {
    std::string name;
    std::vector<double> at_100;
    double seconds = 0;
    for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + seeds; ++seed) {
      const PlacementPolicy policy = placement_policies(trace, seed)[number];
      name = policy.name;
      if (!only.empty() && only != name) break;
      const Outcome outcome = run(trace, policy, seed);
      if (!outcome.is_sound) std::cerr << name << ", seed " << seed << ": the ledger found a fault\n";
      is_sound = is_sound && outcome.is_sound;
      at_100.push_back(outcome.at_100);
      at_130[name].push_back(outcome.at_130);
      seconds += outcome.seconds;
    }
    if (at_100.empty()) continue;
    print_row(name + " at 100 %", at_100);
    print_row(name + " at 130 %", at_130[name]);
    std::printf("%-34s %7.1f\n", "  seconds a run", seconds / static_cast<double>(at_100.size()));
    std::fflush(stdout);
  }
  const std::vector<double>& descent = at_130["gradient descent (FGD)"];
  const std::vector<double>& ahead = at_130["look-ahead"];
  if (descent.empty() || ahead.empty()) return is_sound;
  std::vector<double> gains;
  for (std::size_t i = 0; i < ahead.size(); ++i) gains.push_back(ahead[i] - descent[i]);
  print_row("look-ahead less FGD, by seed", gains);
  return is_sound;
}

}  // namespace
}  // namespace basalt::bench

/// `basalt-openb FOLDER [SEEDS [POLICY]]`: the trace's two files are in the folder. Without them it says so, and
/// succeeds.
int main(int argc, char** argv) {
  using namespace basalt::bench;
  const std::string folder = argc > 1 ? argv[1] : "";
  if (folder.empty()) {
    std::cout << "skipped: name the folder with openb_node_list_gpu_node.csv and openb_pod_list_default.csv, as in "
                 "make bench-openb DATA=FOLDER\n";
    return 0;
  }
  const auto trace = read_trace(folder);
  if (!trace) {
    std::cout << "skipped: " << trace.error().message << "\n";
    return 0;
  }
  const int seeds = argc > 2 ? std::atoi(argv[2]) : 10;
  if (seeds < 1 || seeds > 1000) {
    std::cerr << "expected 1 to 1000 seeds\n";
    return 2;
  }
  return compare(*trace, static_cast<std::uint64_t>(seeds), argc > 3 ? argv[3] : "") ? 0 : 1;
}
