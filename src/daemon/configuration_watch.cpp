#include "daemon/configuration_watch.hpp"

#include <utility>

namespace basalt::daemon {

ConfigurationWatch::ConfigurationWatch(std::string file, const Registry& registry, Leniency leniency)
    : file_(std::move(file)), source_(file_, registry, leniency) {}

Result<ConfigurationChange> ConfigurationWatch::start(bool without_default) {
  if (file_.empty()) return source_.builtin_default();
  auto folder = ConfigurationFolder::watch(file_);
  if (!folder) return source_.start(folder.error(), without_default);
  folder_ = std::move(*folder);
  const auto text = folder_->look();  // the first look always finds something
  return source_.start(text ? *text : read_configuration_file(file_), without_default);
}

void ConfigurationWatch::follow(std::function<void(ConfigurationChange)> taken) {
  if (!folder_) return;
  thread_ = std::jthread([this, taken = std::move(taken)](const std::stop_token& stop) {
    while (const auto text = folder_->next(stop)) taken(source_.reload(*text));
  });
}

}  // namespace basalt::daemon
