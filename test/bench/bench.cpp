#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "actions/builtin.hpp"
#include "basalt/framework/session.hpp"
#include "basalt/testing/scenario.hpp"
#include "bench/workloads.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"
#include "state/state.hpp"

// Measures decisions, in one process and one thread, on the stock configuration: one JSON
// object a line. Nothing is sent anywhere; docs/performance.md says what the figures mean.
namespace basalt::bench {
namespace {

constexpr std::string_view kStockConfiguration = R"(
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
    enablePreemptable: false
  - name: conformance
- plugins:
  - name: overcommit
  - name: drf
    enablePreemptable: false
  - name: predicates
  - name: proportion
  - name: nodeorder
  - name: binpack
)";

/// Resident memory of this process in MiB, from /proc.
std::size_t resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident * 4096 >> 20U;
}

struct Row {
  double seconds = 0;
  std::size_t bound = 0, evicted = 0, cycles = 0;
  std::uint64_t digest = kEmptyHash;
  std::vector<std::string> violations;
};

class Runner {
 public:
  explicit Runner(const Workload& workload) : workload_(workload) {
    for (const Delta& delta : make_deltas(workload)) state_.apply(delta);
  }

  /// Runs cycles until one binds nothing more; the time is that of sessions, open to close.
  Row run(Configuration& configuration) {
    configuration.attach(state_.cluster());
    Row row;
    while (true) {
      const auto start = std::chrono::steady_clock::now();
      Session session(state_.cluster(), configuration, Moment{WallTime{}, row.cycles + 1});
      for (const ActionSlot& slot : configuration.actions) slot.action->run(session);
      const Decisions decisions = std::move(session).close();
      row.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      ++row.cycles;
      const std::string printed = print(decisions, state_.cluster());
      row.digest = fold_bytes(row.digest, printed.data(), printed.size());
      std::size_t bound = 0;
      for (const Decision& decision : decisions) bound += std::holds_alternative<Bind>(decision) ? 1 : 0;
      for (const Decision& decision : decisions) row.evicted += std::holds_alternative<Evict>(decision) ? 1 : 0;
      row.bound += bound;
      state_.assume(decisions);
      for (std::string& violation : testing::check_placements(state_.cluster(), configuration, decisions)) {
        row.violations.push_back(std::move(violation));
      }
      if (bound == 0 || row.bound == workload_.pods) return row;
    }
  }

 private:
  Workload workload_;
  State state_{Ownership{}};
};

bool measure(const Workload& workload) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  Runner runner(workload);  // outlives the configuration, whose plugins have columns in its tables
  auto parsed = parse_configuration(kStockConfiguration, "stock", registry, Leniency::strict);
  if (!parsed.configuration) {
    std::cerr << "the stock configuration was refused\n";
    return false;
  }
  const Row row = runner.run(*parsed.configuration);
  std::printf(
      R"({"workload":"%s","nodes":%u,"pods":%u,"specs":%u,"index":"none","seconds":%.4f,"pods_per_second":%.0f,)"
      R"("bound":%zu,"evicted":%zu,"cycles":%zu,"rss_mib":%zu,"digest":"%016llx"})"
      "\n",
      workload.name.c_str(), workload.nodes, workload.pods, workload.specs, row.seconds,
      static_cast<double>(row.bound) / row.seconds, row.bound, row.evicted, row.cycles, resident_mib(),
      static_cast<unsigned long long>(row.digest));
  std::fflush(stdout);
  for (const std::string& violation : row.violations) std::cerr << workload.name << ": " << violation << "\n";
  return row.violations.empty();
}

}  // namespace
}  // namespace basalt::bench

/// `basalt-bench [--smoke | WORKLOAD...]`: without arguments, all workloads.
int main(int argc, char** argv) {
  using namespace basalt::bench;
  bool sound = true;
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  if (wanted == std::vector<std::string>{"--smoke"}) return measure(smoke_workload()) ? 0 : 1;
  for (const Workload& workload : workloads()) {
    bool chosen = wanted.empty();
    for (const std::string& name : wanted) chosen = chosen || name == workload.name;
    if (chosen) sound = measure(workload) && sound;
  }
  return sound ? 0 : 1;
}
