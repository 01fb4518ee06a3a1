#include <cstdio>
#include <cstdlib>
#include <string>

#include "actions/builtin.hpp"
#include "config/configuration_folder.hpp"
#include "config/configuration_source.hpp"
#include "config/scheduler_configuration.hpp"
#include "daemon/daemon.hpp"
#include "daemon/flags.hpp"
#include "daemon/logging.hpp"
#include "daemon/termination.hpp"
#include "plugins/builtin.hpp"

namespace basalt::daemon {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "basalt-scheduler: %s\n", message.c_str());
  return EXIT_FAILURE;
}

int validate(const Options& options) {
  const Registry registry{builtin_plugins(), builtin_actions()};
  const Leniency leniency = options.lenient_config ? Leniency::lenient : Leniency::strict;
  const auto text = read_configuration_file(options.validate_config);
  if (!text) return fail(text.error().message);
  const ParsedConfiguration parsed = parse_configuration(*text, options.validate_config, registry, leniency);
  std::fputs(printed(parsed.findings, leniency).c_str(), stdout);
  if (parsed.configuration == nullptr) return fail(options.validate_config + " cannot be used");
  std::printf("%s can be used\n", options.validate_config.c_str());
  return EXIT_SUCCESS;
}

int serve(const Options& options, const std::vector<std::string>& warnings) {
  Termination termination;
  const Log log(options.verbosity);
  log.notice("basalt-scheduler", {{"version", BASALT_VERSION}});
  for (const std::string& warning : options.warnings) log.warning(warning);
  for (const std::string& warning : warnings) log.warning(warning);
  auto daemon = Daemon::make(options, BASALT_VERSION, log, termination);
  if (!daemon) {
    log.error("cannot start", {{"reason", daemon.error().message}});
    return EXIT_FAILURE;
  }
  (*daemon)->run();
  log.notice("ended");
  return termination.has_failed() ? EXIT_FAILURE : EXIT_SUCCESS;
}

int run(int argc, const char* const* argv) {
  const auto options = parse_flags(argc, argv);
  if (!options) return fail(options.error().message);
  if (options->help) {
    std::fputs(help_text().c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (options->version) {
    std::puts("basalt-scheduler " BASALT_VERSION);
    return EXIT_SUCCESS;
  }
  if (!options->validate_config.empty()) return validate(*options);
  const auto warnings = check_environment([](const char* name) { return std::getenv(name); });
  if (!warnings) return fail(warnings.error().message);
  return serve(*options, *warnings);
}

}  // namespace
}  // namespace basalt::daemon

int main(int argc, char** argv) { return basalt::daemon::run(argc, argv); }
