#include "bench/runner.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "actions/builtin.hpp"
#include "basalt/testing/scenario.hpp"
#include "config/scheduler_configuration.hpp"
#include "plugins/builtin.hpp"

namespace basalt::bench {

std::unique_ptr<Configuration> read_configuration(const std::string& text) {
  auto parsed = parse_configuration(text, "bench", {builtin_plugins(), builtin_actions()}, Leniency::strict);
  if (!parsed.configuration) {
    std::cerr << "the configuration was refused:\n" << text;
    std::exit(1);
  }
  return std::move(parsed.configuration);
}

Runner::Runner(const std::string& configuration_text, Path path)
    : state_(Ownership{}), configuration_(read_configuration(configuration_text)) {
  configuration_->attach(state_.cluster());
  if (path == Path::brute_force) configuration_->memory = std::make_unique<SessionMemory>();  // attached to nothing
}

Runner::~Runner() { configuration_.reset(); }

void Runner::apply(const std::vector<Delta>& deltas) {
  for (const Delta& delta : deltas) state_.apply(delta);
}

std::size_t Runner::cycle(Measurement& into) {
  const std::uint64_t rescored = configuration_->memory->rescored();
  const auto start = std::chrono::steady_clock::now();
  Session session(state_.cluster(), *configuration_, Moment{WallTime{}, ++cycles_});
  for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
  const Decisions decisions = std::move(session).close();
  into.cycle_seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  into.seconds += into.cycle_seconds.back();
  into.rescored += configuration_->memory->rescored() - rescored;
  ++into.cycles;
  const std::string printed = print(decisions, state_.cluster());
  into.digest = fold_bytes(into.digest, printed.data(), printed.size());
  std::size_t bound = 0;
  for (const Decision& decision : decisions) {
    if (std::holds_alternative<Bind>(decision)) ++bound;
    if (std::holds_alternative<Evict>(decision)) ++into.evicted;
  }
  into.bound += bound;
  state_.assume(decisions);
  for (std::string& violation : testing::check_placements(state_.cluster(), *configuration_, decisions)) {
    into.violations.push_back(std::move(violation));
  }
  return bound;
}

Measurement Runner::settle() {
  Measurement measured;
  std::size_t evicted = 0;
  while (cycle(measured) > 0 || measured.evicted > evicted) evicted = measured.evicted;
  return measured;
}

std::string stock_configuration(const std::string& actions, PluginSet plugins) {
  std::ifstream file(std::string(BASALT_DEPLOY) + "/configmap.yaml");
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    std::string content = line.size() > 4 ? line.substr(4) : std::string();
    if (inside && !actions.empty() && content.starts_with("actions:")) content = "actions: \"" + actions + "\"";
    if (inside) text += content + "\n";
    if (line == "  volcano-scheduler.conf: |") inside = true;
  }
  if (plugins == PluginSet::stock) return text;
  for (const char* name : {"network-topology-aware", "task-topology", "rank-aware", "numa-aware"}) {
    text += "  - name: " + std::string(name) + "\n";  // in the last tier
  }
  return text;
}

std::size_t resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident * 4096 >> 20U;
}

}  // namespace basalt::bench
