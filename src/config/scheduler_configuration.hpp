#pragma once

#include <memory>
#include <string_view>

#include "basalt/framework/configuration.hpp"

namespace basalt {

/// What becomes of names and keys that nobody knows.
enum class Leniency {
  strict,   ///< they refuse the file
  lenient,  ///< they are reported and left out: for a file that was written for Volcano
};

/// A configuration that was read, or what stands in its way.
struct ParsedConfiguration {
  /// Null when the findings refuse the file.
  std::unique_ptr<Configuration> configuration;
  /// All there is to say, in the order in which it was found; each begins with `origin:line:column`.
  Findings findings;
};

/// Whether a finding refuses the file it is about.
[[nodiscard]] bool refuses(const Finding& finding, Leniency leniency);

/// Reads Volcano's `volcano-scheduler.conf`: actions, tiers of plugins with their switches and arguments, arguments of
/// actions, metrics. `origin` names the text in findings, usually the file's path. Never stops at the first finding.
///
/// Refused in any case (`wrong`): what is no YAML, values of the wrong type, no action or an action that is not in
/// `registry`, a plugin that stands twice, `enableHierarchy: true`, and what plugins and actions refuse. Refused unless
/// lenient (`unknown`): keys nobody knows, and plugins that are not in `registry`, which are left out when lenient.
/// docs/configuration.md is the full account.
[[nodiscard]] ParsedConfiguration parse_configuration(std::string_view yaml, std::string_view origin,
                                                      const Registry& registry, Leniency leniency);

/// The configuration that is in force while no file says otherwise: Volcano's built-in one, as YAML.
[[nodiscard]] std::string_view builtin_default_configuration();

}  // namespace basalt
