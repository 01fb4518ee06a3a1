#pragma once

#include <memory>

#include "basalt/base/result.hpp"
#include "daemon/flags.hpp"
#include "daemon/logging.hpp"
#include "daemon/termination.hpp"

namespace basalt::daemon {

/// The program as a whole: makes its parts in order, joins their threads, and takes them apart in reverse.
///
/// Threads: one that schedules; one a kind that watches; binders and writers (see Binder); one that follows the
/// configuration file; one a telemetry server; and the caller's, which waits for the end.
class Daemon {
 public:
  /// Makes everything and starts nothing but the servers. Fails when the cluster cannot be told, the configuration is
  /// refused, or an address is taken. REQUIRES: `log` and `termination` outlive this.
  static Result<std::unique_ptr<Daemon>> make(const Options& options, const std::string& version, const Log& log,
                                              Termination& termination);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Schedules until the program has to end, then ends everything in good order, in no more than about 20 seconds.
  void run();

 private:
  class Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace basalt::daemon
