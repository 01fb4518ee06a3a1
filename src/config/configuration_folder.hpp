#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "basalt/base/result.hpp"

namespace basalt {

/// Reads a configuration file as a whole. Fails, naming the file, when there is none, when it is no regular file, or
/// when it is longer than `kLongestConfiguration`.
[[nodiscard]] Result<std::string> read_configuration_file(const std::filesystem::path& file);

/// Notices when a configuration file changes: by being written, replaced by a rename, removed, or in the way of the
/// kubelet, which swaps the symbolic link `..data` beside it. It watches the file's folder, and every change there is a
/// reason to look; only another content is a change. A folder that goes away is found again when it comes back.
///
/// One thread at a time; `descriptor` may be watched together with others.
class ConfigurationFolder {
 public:
  /// Starts to watch the folder of `file`. Fails when there is no such folder, or the system grants no watch. The file
  /// itself may be missing.
  [[nodiscard]] static Result<ConfigurationFolder> watch(const std::filesystem::path& file);

  ConfigurationFolder(ConfigurationFolder&&) noexcept;
  ConfigurationFolder& operator=(ConfigurationFolder&&) noexcept;
  ~ConfigurationFolder();

  /// Readable (in the sense of poll(2)) once something in the folder changed since the last `look`.
  [[nodiscard]] int descriptor() const;

  /// Reads the file. The text, or why it cannot be read, when that is not what the last look found (the first look
  /// always finds something); else nothing. Does not block.
  [[nodiscard]] std::optional<Result<std::string>> look();

  /// Blocks until `look` finds something, and returns it; or until a stop is requested, and then returns nothing. Looks
  /// without being told to every `at_least`, since not every file system tells of changes.
  [[nodiscard]] std::optional<Result<std::string>> next(std::stop_token stop,
                                                        std::chrono::milliseconds at_least = std::chrono::minutes(1));

 private:
  class Watch;
  explicit ConfigurationFolder(std::unique_ptr<Watch> watch);
  std::unique_ptr<Watch> watch_;
};

}  // namespace basalt
