#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::cluster {

/// What to run.
enum class Mode {
  serve,       ///< an API server, its controllers, and nodes if asked for
  nodes_only,  ///< "nodes": only simulated nodes, for any API server
};

/// Which nodes to simulate.
struct NodeOptions {
  int count = 0;
  std::string prefix = "node-";
  std::map<std::string, std::string> capacity = {
      {"cpu", "16"}, {"memory", "64Gi"}, {"pods", "110"}, {"ephemeral-storage", "100Gi"}};  ///< quantities
  std::vector<std::pair<std::string, std::string>> labels;
  int zones = 0;
  std::chrono::seconds lease{10};
  std::chrono::seconds heartbeat{300};
  std::optional<std::chrono::seconds> job_run = std::chrono::seconds(30);  ///< empty: for ever
  int workers = 4;
};

/// What the command line of basalt-cluster says.
struct Options {
  Mode mode = Mode::serve;
  NodeOptions nodes;
  bool controllers = true;
  std::chrono::seconds event_life{3600};  ///< Events go so long after they were written last
  std::string server_kubeconfig;  ///< of the API server to simulate nodes for
  std::string host = "127.0.0.1";
  std::uint16_t port = 8001;
  std::string kubeconfig;  ///< file to write; empty: none
  bool tls = false;        ///< with a certificate made at the start, unless files are given
  std::string certificate_file;
  std::string key_file;
  std::string token;
  std::vector<std::string> load;  ///< files of objects; FILE.scenario or FILE.scenario#NAME: of a scenario
  std::string snapshot;           ///< file that is read at the start and written at the end
  std::string save_scenario;      ///< file that is written at the end, in the text format of scenarios
  std::string journal;            ///< file to which every change is written; empty: none
  std::size_t history = 100'000;  ///< changes that are remembered for each kind
  int threads = 2;
  std::uint64_t seed = 0;  ///< of uids and names; 0: from the clock
  bool faults = false;
  bool help = false;
  bool version = false;
};

/// Reads the arguments after the program's name: "nodes" or nothing, then "--flag value" or "--flag=value". Fails with
/// `invalid`, naming the argument.
Result<Options> parse_options(std::span<const std::string> arguments);

std::string help_text();

}  // namespace basalt::cluster
