#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/framework/configuration.hpp"

namespace basalt::fake {

class Plugin final : public ConfiguredPlugin {
 public:
  explicit Plugin(std::int64_t weight) : weight_(weight) {}
  std::unique_ptr<OpenedPlugin> open(const Session&) override { return std::make_unique<OpenedPlugin>(); }
  [[nodiscard]] std::int64_t weight() const { return weight_; }

 private:
  std::int64_t weight_;
};

/// A plugin with one argument, "<name>.weight", from 1 up; drf knows a hierarchy besides.
inline PluginType plugin(std::string name, std::vector<std::string_view> switches) {
  return PluginType{name,
                    [name](const Arguments& arguments, Findings& findings) -> std::unique_ptr<ConfiguredPlugin> {
                      ArgumentReader reader(name, arguments, findings);
                      const std::string key = name + ".weight";
                      const std::int64_t weight = reader.integer(key, 1);
                      if (weight < 1) {
                        reader.report(Finding::Severity::wrong,
                                      "argument '" + key + "' is " + std::to_string(weight) + ": expected at least 1");
                      }
                      if (name == "drf") static_cast<void>(reader.boolean("enableHierarchy", false));
                      reader.finish();
                      return std::make_unique<Plugin>(weight);
                    },
                    std::move(switches)};
}

class Step final : public Action {
 public:
  explicit Step(bool cache) : cache_(cache) {}
  void run(Session&) const override {}
  [[nodiscard]] bool cache() const { return cache_; }

 private:
  bool cache_;
};

/// An action with the argument "predicateErrorCacheEnable".
inline ActionType action(std::string name) {
  return ActionType{name, [name](const Arguments& arguments, Findings& findings) -> std::unique_ptr<Action> {
                      ArgumentReader reader(name, arguments, findings);
                      const bool cache = reader.boolean("predicateErrorCacheEnable", true);
                      reader.finish();
                      return std::make_unique<Step>(cache);
                    }};
}

/// What the stock configurations name.
inline Registry registry() {
  Registry all;
  for (const char* name : {"enqueue", "allocate", "backfill"}) all.actions.push_back(action(name));
  for (const char* name :
       {"priority", "gang", "conformance", "overcommit", "drf", "predicates", "proportion", "nodeorder", "binpack"}) {
    all.plugins.push_back(plugin(name, {"enableJobOrder", "enablePreemptable"}));
  }
  return all;
}

}  // namespace basalt::fake
