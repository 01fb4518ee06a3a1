#pragma once

#include <filesystem>
#include <string>

namespace basalt::e2e {

/// A ConfigMap as the kubelet mounts it: the file is a symbolic link through `..data`, and a change is one rename of
/// that link, so that a reader sees the old or the new content and nothing between.
class ConfigurationFolder {
 public:
  ConfigurationFolder(std::filesystem::path folder, const std::string& content);

  /// Replaces the content, as after an edit of the ConfigMap.
  void replace(const std::string& content);

  [[nodiscard]] std::filesystem::path file() const;

 private:
  const std::filesystem::path folder_;
  int version_ = 0;
};

/// The configuration that deploy/configmap.yaml ships.
std::string stock_configuration();

}  // namespace basalt::e2e
