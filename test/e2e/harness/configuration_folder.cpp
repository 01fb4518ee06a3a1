#include "e2e/harness/configuration_folder.hpp"

#include <yaml-cpp/yaml.h>

#include <fstream>

#include "e2e/harness/control_plane.hpp"

namespace basalt::e2e {
namespace {

constexpr const char* kFile = "volcano-scheduler.conf";

}  // namespace

ConfigurationFolder::ConfigurationFolder(std::filesystem::path folder, const std::string& content)
    : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  replace(content);
  std::filesystem::create_symlink(std::filesystem::path("..data") / kFile, file());
}

void ConfigurationFolder::replace(const std::string& content) {
  const std::string version = "..version_" + std::to_string(++version_);
  std::filesystem::create_directories(folder_ / version);
  std::ofstream(folder_ / version / kFile) << content;
  std::filesystem::create_directory_symlink(version, folder_ / "..data_tmp");
  std::filesystem::rename(folder_ / "..data_tmp", folder_ / "..data");
  if (version_ > 1) std::filesystem::remove_all(folder_ / ("..version_" + std::to_string(version_ - 1)));
}

std::filesystem::path ConfigurationFolder::file() const { return folder_ / kFile; }

std::string stock_configuration() {
  return YAML::LoadFile(source_folder() / "deploy" / "configmap.yaml")["data"][kFile].as<std::string>();
}

}  // namespace basalt::e2e
