#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "basalt/framework/configuration.hpp"
#include "config/document.hpp"

namespace basalt {

/// Reports the keys of a map that are none of `known`, each message beginning with `where`.
void report_unknown_keys(const DocumentValue& map, std::span<const std::string_view> known, std::string_view where,
                         PlacedFindings& findings);

/// Hands the map `arguments` (null: there are none) to a `configure` of the registry and gives what it finds the place
/// of the argument it is about: the one whose key stands first in the message, in quotes; else `otherwise`.
template <class Configure>
auto configure_at(const DocumentValue* arguments, Place otherwise, const Configure& configure,
                  PlacedFindings& findings);

/// Reads the entries of `plugins` of all tiers, one after the other.
class PluginEntryReader {
 public:
  /// Both must outlive the reader.
  PluginEntryReader(const Registry& registry, PlacedFindings& findings) : registry_(registry), findings_(findings) {}

  /// The entries that follow belong to another tier.
  void begin_tier();
  /// The plugin of one entry, or nothing when the registry has none of that name; findings say why.
  [[nodiscard]] std::optional<PluginSlot> read(const DocumentValue& entry);

 private:
  struct Seen {
    std::string name;
    Place place;
  };

  [[nodiscard]] std::optional<std::string> read_name(const DocumentValue& entry);
  void read_switch(const DocumentEntry& entry, const PluginType* type, PluginSlot& slot);
  void read_hierarchy(const DocumentEntry& entry, std::string_view plugin);
  void check_tier_conflict(Place place);
  void report_missing(const std::string& name, Place place);

  const Registry& registry_;
  PlacedFindings& findings_;
  std::vector<Seen> seen_;
  bool hierarchical_drf_ = false;  // in this tier
  bool proportion_ = false;        // in this tier
};

namespace plugin_entry_detail {
/// Null arguments are none; what is no map is a finding.
Arguments read_arguments(const DocumentValue* arguments, PlacedFindings& findings);
void place_findings(const Findings& said, const DocumentValue* arguments, Place otherwise, PlacedFindings& findings);
}  // namespace plugin_entry_detail

template <class Configure>
auto configure_at(const DocumentValue* arguments, Place otherwise, const Configure& configure,
                  PlacedFindings& findings) {
  Findings said;
  auto configured = configure(plugin_entry_detail::read_arguments(arguments, findings), said);
  plugin_entry_detail::place_findings(said, arguments, otherwise, findings);
  return configured;
}

}  // namespace basalt
