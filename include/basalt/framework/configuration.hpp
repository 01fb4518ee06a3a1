#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "basalt/framework/action.hpp"
#include "basalt/framework/arguments.hpp"
#include "basalt/framework/memory.hpp"
#include "basalt/framework/plugin.hpp"

namespace basalt {

/// A plugin where a configuration put it.
struct PluginSlot {
  std::string name;
  std::unique_ptr<ConfiguredPlugin> plugin;
  /// Switches (`kSwitch` of points) that the configuration turned off.
  std::set<std::string, std::less<>> switched_off;

  [[nodiscard]] bool answers(std::string_view point_switch) const {
    return point_switch.empty() || !switched_off.contains(point_switch);
  }
};

/// Plugins that are asked together.
struct Tier {
  std::vector<PluginSlot> plugins;
};

/// An action where a configuration put it.
struct ActionSlot {
  std::string name;
  std::unique_ptr<Action> action;
};

/// What a cycle runs on: read once from a file, then never changed. Owns what plugins and
/// sessions remember between cycles.
struct Configuration {
  /// The text it was read from and what that is called (a path), so that a recording can hold what was in force.
  /// Empty when it was not made from a text.
  std::string source, origin;
  std::vector<ActionSlot> actions;
  std::vector<Tier> tiers;
  std::unique_ptr<SessionMemory> memory = std::make_unique<SessionMemory>();
  /// How long a job may wait, where no plugin says so, before room is held for it; none: for ever.
  std::optional<std::chrono::microseconds> waiting_limit;
  /// Answers about victims are combined by Volcano's rule (`laws::fall_through_victims`).
  bool victims_fall_through = false;

  [[nodiscard]] bool has_action(std::string_view name) const {
    for (const ActionSlot& slot : actions) {
      if (slot.name == name) return true;
    }
    return false;
  }
  /// Gives every plugin the chance to make its columns. Called once, before the first session.
  void attach(Cluster& cluster) {
    memory->attach(cluster);
    for (Tier& tier : tiers) {
      for (PluginSlot& slot : tier.plugins) slot.plugin->attach(cluster);
    }
  }
};

/// The kinds of plugins and actions a configuration can name: a value, made in one place,
/// handed down.
struct Registry {
  std::vector<PluginType> plugins;
  std::vector<ActionType> actions;

  [[nodiscard]] const PluginType* find_plugin(std::string_view name) const {
    for (const PluginType& type : plugins) {
      if (type.name == name) return &type;
    }
    return nullptr;
  }
  [[nodiscard]] const ActionType* find_action(std::string_view name) const {
    for (const ActionType& type : actions) {
      if (type.name == name) return &type;
    }
    return nullptr;
  }
};

}  // namespace basalt
