#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"
#include "basalt/framework/configuration.hpp"
#include "config/scheduler_configuration.hpp"

namespace basalt {

/// What reading a configuration file came to, complete enough for the log line, event and metric about it.
struct ConfigurationChange {
  enum class Outcome {
    loaded,      ///< `configuration` is to take effect
    defaulted,   ///< the file is refused or unreadable and nothing was in force: `configuration` is the built-in one
    refused,     ///< the file is refused: what was in force stays
    unreadable,  ///< the file cannot be read: what was in force stays
  };
  Outcome outcome = Outcome::refused;
  std::unique_ptr<Configuration> configuration;  ///< null when what was in force stays
  Findings findings;                             ///< about the file
};

/// Name of an outcome as it appears in metrics and logs.
[[nodiscard]] std::string_view to_string(ConfigurationChange::Outcome outcome);

/// Turns the texts that a configuration file had into configurations. A text that is refused never takes effect, not
/// even in part: what was in force stays in force, at the start the built-in default.
class ConfigurationSource {
 public:
  /// `origin` names the file in findings; empty: there is none, and the built-in default is all there is. `registry`
  /// must outlive the source, and must have what the built-in default names.
  ConfigurationSource(std::string origin, const Registry& registry, Leniency leniency)
      : origin_(std::move(origin)), registry_(registry), leniency_(leniency) {}

  /// The first configuration: that of the file if it can be had. Otherwise the built-in default with the outcome
  /// `defaulted`; or, when `without_default`, an error that holds all findings.
  [[nodiscard]] Result<ConfigurationChange> start(const Result<std::string>& text, bool without_default) const;
  /// The configuration that is in force when no file is named.
  [[nodiscard]] ConfigurationChange builtin_default() const;
  /// A later text of the file.
  [[nodiscard]] ConfigurationChange reload(const Result<std::string>& text) const;

 private:
  std::string origin_;
  const Registry& registry_;
  Leniency leniency_;
};

/// All messages, a line each, each with its severity: "error: volcano-scheduler.conf:3:5: ...".
[[nodiscard]] std::string printed(const Findings& findings, Leniency leniency);

}  // namespace basalt
