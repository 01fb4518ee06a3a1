#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/framework/arguments.hpp"
#include "basalt/framework/cluster.hpp"
#include "basalt/framework/extension_points.hpp"

namespace basalt {

namespace detail {
template <class Tuple>
struct PointersTo;
template <class... Points>
struct PointersTo<std::tuple<Points...>> {
  using Type = std::tuple<Points*...>;
};
}  // namespace detail

/// For each extension point, the plugin as that point, or null where it has no answer.
using PointPointers = detail::PointersTo<ExtensionPoints>::Type;

/// A plugin in an open session: it lives exactly as long as the session.
class OpenedPlugin {
 public:
  virtual ~OpenedPlugin() = default;
  [[nodiscard]] const PointPointers& points() const { return points_; }

 protected:
  PointPointers points_{};
};

/// A plugin whose arguments have been read. Lives as long as the configuration it is part
/// of, together with what the plugin remembers between cycles.
class ConfiguredPlugin {
 public:
  virtual ~ConfiguredPlugin() = default;
  /// Constructs the plugin for one session.
  [[nodiscard]] virtual std::unique_ptr<OpenedPlugin> open(const Session& session) = 0;
  /// Called once when the configuration takes effect on a cluster: the place to make columns
  /// and attach keepers. What it made is given back in the destructor, before the cluster
  /// goes.
  virtual void attach(Cluster& cluster) { static_cast<void>(cluster); }
};

/// A kind of plugin: its name in configuration files and how its arguments are read. A value;
/// the list of all kinds is plugins/builtin.cpp.
struct PluginType {
  std::string name;
  /// Reads the arguments; never fails, but adds findings.
  std::function<std::unique_ptr<ConfiguredPlugin>(const Arguments&, Findings&)> configure;
  /// The switches (`kSwitch`) of the points it answers: others have no effect on it.
  std::vector<std::string_view> switches;
};

namespace detail {

template <class Plugin, class... Points>
PointPointers find_points(Plugin& plugin, std::type_identity<std::tuple<Points...>>) {
  const auto as = [&]<class Point>(std::type_identity<Point>) -> Point* {
    if constexpr (std::derived_from<Plugin, Point>) {
      return &plugin;
    } else {
      return nullptr;
    }
  };
  return PointPointers{as(std::type_identity<Points>{})...};
}

template <class Plugin, class... Points>
std::vector<std::string_view> switches_of(std::type_identity<std::tuple<Points...>>) {
  std::vector<std::string_view> switches;
  const auto add = [&]<class Point>(std::type_identity<Point>) {
    if constexpr (std::derived_from<Plugin, Point>) {
      if (!Point::kSwitch.empty()) switches.push_back(Point::kSwitch);
    }
  };
  (add(std::type_identity<Points>{}), ...);
  return switches;
}

/// What a plugin without memory remembers.
struct NoMemory {};

template <class Plugin>
struct MemoryOf {
  using Type = NoMemory;
};
template <class Plugin>
requires requires { typename Plugin::Memory; }
struct MemoryOf<Plugin> {
  using Type = typename Plugin::Memory;
};

template <class Plugin>
class OpenedPluginOf final : public OpenedPlugin {
 public:
  template <class... Parts>
  explicit OpenedPluginOf(Parts&&... parts) : plugin_(std::forward<Parts>(parts)...) {
    points_ = detail::find_points(plugin_, std::type_identity<ExtensionPoints>{});
  }

 private:
  Plugin plugin_;
};

template <class Plugin>
class ConfiguredPluginOf final : public ConfiguredPlugin {
 public:
  using Memory = typename MemoryOf<Plugin>::Type;

  explicit ConfiguredPluginOf(typename Plugin::Args args) : args_(std::move(args)) {}

  std::unique_ptr<OpenedPlugin> open(const Session& session) override {
    if constexpr (std::is_same_v<Memory, NoMemory>) {
      return std::make_unique<OpenedPluginOf<Plugin>>(args_, session);
    } else {
      return std::make_unique<OpenedPluginOf<Plugin>>(args_, memory_, session);
    }
  }
  void attach(Cluster& cluster) override {
    if constexpr (requires(Memory & memory) { memory.attach(cluster); }) memory_.attach(cluster);
  }

 private:
  typename Plugin::Args args_;
  Memory memory_;
};

}  // namespace detail

/// Makes a kind of plugin from a class. The class
/// - derives from the extension points it answers,
/// - has a nested `Args` with `static Args read(ArgumentReader&)`,
/// - is constructed from `(const Args&, const Session&)`; or, if it has a nested `Memory`
///   (default constructible, owned by the configuration, kept between cycles), from
///   `(const Args&, Memory&, const Session&)`. A `Memory` with `attach(Cluster&)` is
///   attached when the configuration takes effect.
template <class Plugin>
PluginType plugin_type(std::string name) {
  return PluginType{
      name,
      [name](const Arguments& arguments, Findings& findings) -> std::unique_ptr<ConfiguredPlugin> {
        ArgumentReader reader(name, arguments, findings);
        auto args = Plugin::Args::read(reader);
        reader.finish();
        return std::make_unique<detail::ConfiguredPluginOf<Plugin>>(std::move(args));
      },
      detail::switches_of<Plugin>(std::type_identity<ExtensionPoints>{}),
  };
}

/// `Args` of a plugin that takes none.
struct NoArguments {
  static NoArguments read(ArgumentReader& reader) {
    static_cast<void>(reader);
    return {};
  }
};

}  // namespace basalt
