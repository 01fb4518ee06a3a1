#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"
#include "kube/connect.hpp"

namespace basalt::daemon {

/// What the command line says. Defaults are those of the table of flags.
struct Options {
  // which cluster, and how fast it may be asked
  std::string master;
  std::string kubeconfig;
  double kube_api_qps = 2000;
  int kube_api_burst = 2000;
  kube::HttpLibrary http_client = kube::HttpLibrary::beast;

  // what is ours
  std::vector<std::string> scheduler_names = {"basalt"};
  std::string default_queue = "default";
  /// Label and value; empty: all nodes. Else nodes that have at least one of the pairs.
  std::vector<std::pair<std::string, std::string>> node_selector;
  /// Bare pods get a job of their own; false leaves that to Volcano's podgroup controller.
  bool implicit_pod_groups = true;
  /// PodGroups whose pods do not exist yet are ours, whatever the scheduler names are.
  bool claim_empty_pod_groups = false;
  /// Priorities come from PriorityClass objects.
  bool priority_class = true;

  // how it decides
  std::string scheduler_conf;
  bool lenient_config = false;
  bool disable_default_scheduler_config = false;
  std::chrono::nanoseconds schedule_period = std::chrono::seconds(1);
  int bind_workers = 32;
  std::uint32_t verify_index_every = 0;  ///< placements; 0: never

  // what it tells
  bool enable_metrics = false;
  std::string listen_address = ":8080";
  bool enable_healthz = false;
  std::string healthz_address = ":11251";
  int verbosity = 0;
  std::string record;  ///< folder; empty: nothing can be recorded
  bool record_at_start = true;
  bool record_decisions = false;
  int record_file_mib = 256;
  int record_files = 8;

  // instead of running
  bool help = false;
  bool version = false;
  std::string validate_config;  ///< file to check; empty: run

  /// What was given and changes nothing: one sentence each, to be logged once at the start.
  std::vector<std::string> warnings;

  bool operator==(const Options&) const = default;
};

/// What becomes of a flag.
enum class FlagEffect {
  honoured,
  without_effect,  ///< accepted for drop-in use; a warning says so
  refused,         ///< asking for it in vain would be dangerous
};

enum class FlagType {
  boolean,  ///< `--flag`, or `--flag=false`; never takes the next word
  text,
  texts,  ///< repeatable; the first use replaces the default
  list,   ///< repeatable, and with commas in one value
  integer,
  unsigned_integer,
  number,
  duration,  ///< Go's: 1s, 500ms
  pairs,     ///< name=true,other=false
};

/// A row of the table of flags.
struct Flag {
  std::string_view name;
  FlagType type;
  std::string_view initial;  ///< the default
  FlagEffect effect;
  std::string_view text;  ///< what it does, or why it does nothing
  /// Of a flag without effect or refused: the value that asks for nothing else than what happens anyway, and is
  /// therefore accepted in silence.
  std::optional<std::string_view> harmless = {};
};

/// All flags: Volcano's, klog's and our own, in the order of the documentation.
[[nodiscard]] std::span<const Flag> flags();

/// Reads a command line in the way of Go's pflag: `--a=b`, `--a b`, `_` for `-`, `-v=3`, words that are no flags
/// anywhere (with a warning: the Helm chart passes "2>&1"), `--` ends the flags. The error has one line for everything
/// that is wrong: unknown flags (with the one that was probably meant), values of the wrong type or outside their
/// range, flags that are refused.
[[nodiscard]] Result<Options> parse_flags(std::span<const std::string> arguments);
/// The same, without the program's name in front.
[[nodiscard]] Result<Options> parse_flags(int argc, const char* const* argv);

/// Checks the environment variables that Volcano's scheduler reads. Warnings about those without effect; an error when
/// one asks for what would be dangerous to ignore. `variable`: its value, or nullptr.
[[nodiscard]] Result<std::vector<std::string>> check_environment(
    const std::function<const char*(const char* name)>& variable);

/// What `--help` prints.
[[nodiscard]] std::string help_text();

/// The table of docs/command-line.md: a row a flag, in Markdown.
[[nodiscard]] std::string flag_table();

}  // namespace basalt::daemon
