#include "config/configuration_source.hpp"

#include <utility>

#include "basalt/base/check.hpp"

namespace basalt {

std::string_view to_string(ConfigurationChange::Outcome outcome) {
  switch (outcome) {
    case ConfigurationChange::Outcome::loaded: return "loaded";
    case ConfigurationChange::Outcome::defaulted: return "defaulted";
    case ConfigurationChange::Outcome::refused: return "refused";
    case ConfigurationChange::Outcome::unreadable: return "unreadable";
  }
  return "unknown";
}

Result<ConfigurationChange> ConfigurationSource::start(const Result<std::string>& text, bool without_default) const {
  ConfigurationChange change = reload(text);
  if (change.configuration != nullptr) return change;
  if (without_default) {
    return Error{ErrorCode::invalid, "no valid configuration, and the built-in default is disabled:\n" +
                                         printed(change.findings, leniency_)};
  }
  change.configuration = builtin_default().configuration;
  change.outcome = ConfigurationChange::Outcome::defaulted;
  return change;
}

ConfigurationChange ConfigurationSource::builtin_default() const {
  ParsedConfiguration parsed =
      parse_configuration(builtin_default_configuration(), "built-in default", registry_, Leniency::strict);
  BASALT_CHECK(parsed.configuration != nullptr, printed(parsed.findings, Leniency::strict));
  return ConfigurationChange{ConfigurationChange::Outcome::loaded, std::move(parsed.configuration),
                             std::move(parsed.findings)};
}

ConfigurationChange ConfigurationSource::reload(const Result<std::string>& text) const {
  using Outcome = ConfigurationChange::Outcome;
  if (!text) {
    return ConfigurationChange{Outcome::unreadable, nullptr, {Finding{Finding::Severity::wrong, text.error().message}}};
  }
  ParsedConfiguration parsed = parse_configuration(*text, origin_, registry_, leniency_);
  const Outcome outcome = parsed.configuration == nullptr ? Outcome::refused : Outcome::loaded;
  return ConfigurationChange{outcome, std::move(parsed.configuration), std::move(parsed.findings)};
}

std::string printed(const Findings& findings, Leniency leniency) {
  std::string text;
  for (const Finding& finding : findings) {
    std::string_view severity = finding.severity == Finding::Severity::note ? "note" : "warning";
    if (refuses(finding, leniency)) severity = "error";
    text += std::string(severity) + ": " + finding.message + "\n";
  }
  return text;
}

}  // namespace basalt
