#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "basalt/base/result.hpp"
#include "config/configuration_folder.hpp"
#include "config/configuration_source.hpp"

namespace basalt::daemon {

/// The configuration file over the life of the program: what is in force at the start, and every change after that.
class ConfigurationWatch {
 public:
  /// `file` empty: the built-in configuration, which never changes. `registry` must outlive this.
  ConfigurationWatch(std::string file, const Registry& registry, Leniency leniency);

  /// The configuration to start with; an error when there is none and the built-in one is not wanted.
  Result<ConfigurationChange> start(bool without_default);
  /// Hands every change to `taken`, on a thread of its own, until this is destroyed. REQUIRES: start() succeeded.
  void follow(std::function<void(ConfigurationChange)> taken);

 private:
  std::string file_;
  ConfigurationSource source_;
  std::optional<ConfigurationFolder> folder_;
  std::jthread thread_;
};

}  // namespace basalt::daemon
