#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "e2e/harness/subprocess.hpp"

namespace basalt::e2e {

/// The binary under test: $BASALT_E2E_SCHEDULER, else the one of this build; empty when there is none.
std::filesystem::path scheduler_binary();

/// A TCP port of loopback that was free a moment ago.
int free_port();

/// The flags of a scheduler, by name without dashes. What a test sets replaces what stands here.
using Flags = std::map<std::string, std::string>;

/// A running basalt-scheduler.
class Scheduler {
 public:
  /// Starts it with these flags and further words; its output is appended to `log`.
  Scheduler(const Flags& flags, const std::vector<std::string>& words, std::filesystem::path log);

  /// Waits until /readyz says 200. Throws std::runtime_error, with the end of the log, when it ends or takes too long.
  void wait_until_ready(std::chrono::seconds limit = std::chrono::seconds{60});

  void kill();       ///< SIGKILL; returns when it is gone
  void terminate();  ///< SIGTERM; returns at once
  std::optional<ExitStatus> wait_for_end(std::chrono::seconds limit) { return program_.wait_for(limit); }
  [[nodiscard]] bool running() { return program_.running(); }

  [[nodiscard]] int metrics_port() const { return metrics_port_; }
  /// HTTP status of a path of the health address; 0 when nobody answers.
  [[nodiscard]] int health(const std::string& path) const;
  /// The text of /metrics.
  [[nodiscard]] std::string metrics() const;
  /// Sum over the label sets of a metric, or over those that contain `label` (e.g. result="loaded"); empty when there
  /// is none.
  [[nodiscard]] std::optional<double> metric(const std::string& name, const std::string& label = "") const;
  [[nodiscard]] std::string log() const;
  /// The last lines of the log, for messages.
  [[nodiscard]] std::string log_tail() const;

 private:
  int metrics_port_;
  int health_port_;
  std::filesystem::path log_;
  Subprocess program_;
};

}  // namespace basalt::e2e
