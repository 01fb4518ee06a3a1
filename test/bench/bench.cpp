#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>
#include <optional>
#include <string>

#include "bench/preemption.hpp"
#include "bench/runner.hpp"
#include "bench/workloads.hpp"

// Measures decisions, in one process and one thread, on the stock configuration and on the same with all plugins that
// look at topology: one JSON object a line. docs/performance.md says what the figures mean.
namespace basalt::bench {
namespace {

/// Prints a row; false if the independent check found something.
bool report(const Workload& workload, const std::string& name, const Measurement& measured,
            std::optional<double> brute_force_seconds) {
  std::printf(R"({"workload":"%s","nodes":%u,"pods":%u,"specs":%u,"index":"%s","seconds":%.5f,"pods_per_second":%.0f,)"
              R"("bound":%zu,"evicted":%zu,"cycles":%zu,"rescored":%llu,"rss_mib":%zu,"digest":"%016llx")",
              name.c_str(), workload.nodes, workload.pods, workload.specs, workload.warm ? "warm" : "cold",
              measured.seconds, static_cast<double>(measured.bound) / measured.seconds, measured.bound,
              measured.evicted, measured.cycles, static_cast<unsigned long long>(measured.rescored), resident_mib(),
              static_cast<unsigned long long>(measured.digest));
  if (brute_force_seconds) std::printf(R"(,"brute_force_seconds":%.3f)", *brute_force_seconds);
  std::printf("}\n");
  std::fflush(stdout);
  for (const std::string& violation : measured.violations) std::cerr << name << ": " << violation << "\n";
  return measured.violations.empty();
}

/// The name of a row: that of its workload, and what decides if that is not the stock configuration.
std::string row_name(const std::string& workload, PluginSet plugins) {
  return plugins == PluginSet::stock ? workload : workload + "+topology";
}

bool measure(const Workload& workload, PluginSet plugins) {
  Runner runner(stock_configuration({}, plugins), Path::index);
  runner.apply(make_world(workload));
  if (plugins == PluginSet::topology) runner.apply(make_hyper_nodes(workload.nodes));
  if (workload.warm) {
    runner.apply(make_pods(workload, "first-", workload.gang_size * workload.specs));
    runner.settle();
  }
  runner.apply(make_pods(workload, "", workload.pods));
  const Measurement measured = runner.settle();
  std::optional<double> brute_force_seconds;
  if (workload.brute_force_too) {
    Runner plain(stock_configuration({}, plugins), Path::brute_force);
    plain.apply(make_world(workload));
    if (plugins == PluginSet::topology) plain.apply(make_hyper_nodes(workload.nodes));
    plain.apply(make_pods(workload, "", workload.pods));
    const Measurement oracle = plain.settle();
    brute_force_seconds = oracle.seconds;
    if (oracle.digest != measured.digest) {
      std::cerr << workload.name << ": the plain path decides differently\n";
      return false;
    }
  }
  return report(workload, row_name(workload.name, plugins), measured, brute_force_seconds);
}

/// A cycle after each pod that finishes, on a cluster where nothing that waits fits.
bool measure_idle(const std::string& name, const IdleWorkload& workload, PluginSet plugins,
                  const std::string& actions = {}) {
  Runner runner(stock_configuration(actions, plugins), Path::index);
  runner.apply(make_idle_world(workload));
  if (plugins == PluginSet::topology) runner.apply(make_hyper_nodes(workload.nodes));
  runner.settle();
  Measurement measured;
  for (std::uint32_t i = 0; i < workload.cycles; ++i) {
    runner.apply({Upserted{finishing_pod(workload, i)}});
    runner.cycle(measured);
  }
  std::vector<double> times = measured.cycle_seconds;
  std::sort(times.begin(), times.end());
  const auto percentile = [&](std::size_t percent) { return times[(times.size() - 1) * percent / 100] * 1000; };
  std::printf(
      R"({"workload":"%s","nodes":%u,"pods":%u,"specs":%u,"index":"warm","seconds":%.5f,"bound":%zu,"evicted":%zu,)"
      R"("cycles":%zu,"rescored":%llu,"rss_mib":%zu,"digest":"%016llx","blocked_jobs":%u,"p50_ms":%.4f,"p99_ms":%.4f,)"
      R"("max_ms":%.4f})"
      "\n",
      name.c_str(), workload.nodes, workload.running_gangs * 50, workload.specs, measured.seconds, measured.bound,
      measured.evicted, measured.cycles, static_cast<unsigned long long>(measured.rescored), resident_mib(),
      static_cast<unsigned long long>(measured.digest), workload.blocked_jobs, percentile(50), percentile(99),
      times.back() * 1000);
  std::fflush(stdout);
  for (const std::string& violation : measured.violations) std::cerr << name << ": " << violation << "\n";
  return measured.violations.empty() && measured.bound == 0;
}

struct Row {
  std::string name;
  std::function<bool()> measure;
};

void add_rows(PluginSet plugins, bool with_oracle, std::vector<Row>& all) {
  const auto add = [&](const std::string& name, auto measure_row) {
    const std::string full_name = row_name(name, plugins);
    all.push_back({full_name, [full_name, measure_row] { return measure_row(full_name); }});
  };
  for (Workload workload : workloads()) {
    workload.brute_force_too = workload.brute_force_too && with_oracle;
    add(workload.name, [workload, plugins](const std::string&) { return measure(workload, plugins); });
  }
  add("idle-10k", [plugins](const std::string& name) { return measure_idle(name, idle_workload(), plugins); });
  IdleWorkload fewer = idle_workload();
  fewer.cycles = 100;
  add("idle-10k-evictions", [fewer, plugins](const std::string& name) {
    return measure_idle(name, fewer, plugins, "enqueue, allocate, preempt, reclaim, backfill");
  });
  add("preempt-5k",
      [plugins](const std::string& name) { return measure_preemption(name, preemption_workload(), plugins); });
}

std::vector<Row> rows(bool with_oracle) {
  std::vector<Row> all;
  add_rows(PluginSet::stock, with_oracle, all);
  for (const Workload& workload : scaling_workloads()) {
    all.push_back({workload.name, [workload] { return measure(workload, PluginSet::stock); }});
  }
  add_rows(PluginSet::topology, with_oracle, all);
  return all;
}

/// Each row in a process of its own, so that its memory is its own.
bool run_apart(const Row& row) {
  const pid_t child = fork();
  if (child == 0) _exit(row.measure() ? 0 : 1);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace
}  // namespace basalt::bench

/// `basalt-bench [--smoke | --here WORKLOAD | WORKLOAD...]`: without arguments, all workloads, each in
/// a process of its own. `--here`: one in this process, without its oracle, for profilers.
int main(int argc, char** argv) {
  using namespace basalt::bench;
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  if (wanted == std::vector<std::string>{"--smoke"}) {
    bool sound = true;
    for (const PluginSet plugins : {PluginSet::stock, PluginSet::topology}) {
      sound = measure(smoke_workload(), plugins) && sound;
      sound = measure_preemption("preempt-smoke", preemption_smoke_workload(), plugins) && sound;
      sound = measure_idle("idle-smoke", idle_smoke_workload(), plugins) && sound;
    }
    return sound ? 0 : 1;
  }
  bool sound = true;
  bool any = false;
  const bool here = !wanted.empty() && wanted.front() == "--here";
  for (const Row& row : rows(!here)) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), row.name) == wanted.end()) continue;
    any = true;
    sound = (here ? row.measure() : run_apart(row)) && sound;
  }
  if (!any) {
    std::cerr << "no such workload; there are:";
    for (const Row& row : rows(true)) std::cerr << " " << row.name;
    std::cerr << "\n";
  }
  return sound && any ? 0 : 1;
}
