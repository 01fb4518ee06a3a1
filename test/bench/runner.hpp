#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "basalt/framework/configuration.hpp"
#include "basalt/framework/session.hpp"
#include "state/state.hpp"

namespace basalt::bench {

/// What a run came to.
struct Measurement {
  double seconds = 0;  ///< of sessions, open to close
  std::size_t bound = 0, evicted = 0, cycles = 0;
  std::uint64_t rescored = 0;  ///< nodes that terms were asked about, repetitions counted
  std::uint64_t digest = kEmptyHash;
  std::vector<double> cycle_seconds;
  std::vector<std::string> violations;
};

/// What a scheduler configuration file says, with the plugins and actions that there are. Ends the program, with the
/// text on stderr, if it is refused.
std::unique_ptr<Configuration> read_configuration(const std::string& text);

/// How the engine looks for nodes.
enum class Path : std::uint8_t { index, brute_force };

/// An engine in one process and one thread, with a configuration; nothing is sent anywhere.
class Runner {
 public:
  /// `configuration_text` is a scheduler configuration file. REQUIRES: it is valid.
  Runner(const std::string& configuration_text, Path path);
  ~Runner();

  void apply(const std::vector<Delta>& deltas);
  /// One cycle, checked by an independent check of placements. Adds to `into`. The number of binds.
  std::size_t cycle(Measurement& into);
  /// Cycles until one binds and evicts nothing more.
  Measurement settle();

 private:
  State state_;
  std::unique_ptr<Configuration> configuration_;
  std::uint64_t cycles_ = 0;
};

/// Which plugins decide: those in deploy/configmap.yaml, or those and all that look at topology.
enum class PluginSet : std::uint8_t { stock, topology };

/// The configuration in deploy/configmap.yaml, with another list of actions if one is given.
std::string stock_configuration(const std::string& actions = {}, PluginSet plugins = PluginSet::stock);

/// Resident memory of this process in MiB.
std::size_t resident_mib();

}  // namespace basalt::bench
