#include "config/plugin_entry.hpp"

#include <algorithm>
#include <set>

#include "config/near_miss.hpp"
#include "config/volcano_names.hpp"

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;
using Severity = Finding::Severity;
using volcano_names::kSwitches;

constexpr std::string_view kHierarchy = "enableHierarchy";

const volcano_names::Switch* find_switch(std::string_view key) {
  const auto* const found = std::find_if(kSwitches.begin(), kSwitches.end(),
                                         [key](const volcano_names::Switch& known) { return known.key == key; });
  return found == kSwitches.end() ? nullptr : found;
}

/// Plugins that know queues in a hierarchy.
bool can_be_hierarchical(std::string_view plugin) {
  return plugin == "capacity" || plugin == "drf" || plugin == "nodegroup";
}

/// An option of Volcano's that stands beside the arguments; plugins take it as one of them.
bool is_hierarchical(const DocumentValue& entry, std::string_view plugin) {
  const DocumentValue* value = entry.find(kHierarchy);
  return can_be_hierarchical(plugin) && value != nullptr && value->kind == Kind::boolean && value->boolean;
}

std::vector<std::string_view> plugin_entry_keys() {
  std::vector<std::string_view> keys = {"name", "arguments", kHierarchy};
  for (const volcano_names::Switch& known : kSwitches) keys.push_back(known.key);
  return keys;
}

}  // namespace

void report_unknown_keys(const DocumentValue& map, std::span<const std::string_view> known, std::string_view where,
                         PlacedFindings& findings) {
  for (const DocumentEntry& entry : map.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    findings.add(Severity::unknown, entry.place,
                 std::string(where) + "unknown key '" + entry.key + "'" + suggestion(entry.key, known));
  }
}

Arguments plugin_entry_detail::read_arguments(const DocumentValue* arguments, PlacedFindings& findings) {
  if (arguments == nullptr || arguments->is_null()) return {};
  if (!arguments->is_map()) {
    findings.add(Severity::wrong, arguments->place,
                 "'arguments' is " + arguments->argument().text() + ": expected a map");
    return {};
  }
  return *arguments->argument().as_map();
}

void plugin_entry_detail::place_findings(const Findings& said, const DocumentValue* arguments, Place otherwise,
                                         PlacedFindings& findings) {
  static const DocumentValue none;
  for (const Finding& finding : said) {
    Place place = otherwise;
    std::size_t first = std::string::npos;
    for (const DocumentEntry& entry : (arguments == nullptr ? none : *arguments).entries) {
      const std::size_t found = finding.message.find("'" + entry.key + "'");
      if (found >= first) continue;
      first = found;
      place = entry.place;
    }
    findings.add(finding.severity, place, finding.message);
  }
}

void PluginEntryReader::begin_tier() {
  hierarchical_drf_ = false;
  proportion_ = false;
}

std::optional<PluginSlot> PluginEntryReader::read(const DocumentValue& entry) {
  const auto name = read_name(entry);
  if (!name) return std::nullopt;
  const PluginType* type = registry_.find_plugin(*name);
  if (type == nullptr) report_missing(*name, entry.place);
  if (*name == "proportion") proportion_ = true;

  static const std::vector<std::string_view> known = plugin_entry_keys();
  report_unknown_keys(entry, known, "plugin '" + *name + "': ", findings_);
  PluginSlot slot{*name, nullptr, {}};
  for (const DocumentEntry& given : entry.entries) {
    if (given.key == kHierarchy) {
      read_hierarchy(given, *name);
    } else {
      read_switch(given, type, slot);
    }
  }
  check_tier_conflict(entry.place);
  if (type == nullptr) return std::nullopt;
  const bool is_tree = is_hierarchical(entry, *name);
  const auto configure = [&](Arguments arguments, Findings& said) {
    if (is_tree) arguments.emplace_back(kHierarchy, true);
    return type->configure(arguments, said);
  };
  slot.plugin = configure_at(entry.find("arguments"), entry.place, configure, findings_);
  return slot;
}

std::optional<std::string> PluginEntryReader::read_name(const DocumentValue& entry) {
  const DocumentValue* name = entry.find("name");
  if (!entry.is_map() || name == nullptr || !name->is_scalar() || name->text.empty()) {
    findings_.add(Severity::wrong, entry.place, "an entry of 'plugins' without a name: expected 'name: gang' or such");
    return std::nullopt;
  }
  const auto earlier =
      std::find_if(seen_.begin(), seen_.end(), [&](const Seen& seen) { return seen.name == name->text; });
  if (earlier == seen_.end()) {
    seen_.push_back(Seen{name->text, name->place});
  } else {
    findings_.add(Severity::wrong, name->place,
                  "plugin '" + name->text + "' was given before, in line " + std::to_string(earlier->place.line) +
                      ": expected each plugin once");
  }
  return name->text;
}

void PluginEntryReader::read_switch(const DocumentEntry& entry, const PluginType* type, PluginSlot& slot) {
  const volcano_names::Switch* known = find_switch(entry.key);
  if (known == nullptr || entry.value.is_null()) return;
  const std::string subject = "plugin '" + slot.name + "': '" + entry.key + "'";
  if (entry.value.kind != Kind::boolean) {
    findings_.add(Severity::wrong, entry.value.place,
                  subject + " is " + entry.value.argument().text() + ": expected true or false, without quotes");
    return;
  }
  if (!entry.value.boolean) {
    slot.switched_off.emplace(known->point);
    return;
  }
  slot.switched_off.erase(std::string(known->point));
  if (type == nullptr) return;
  const bool answers = std::find(type->switches.begin(), type->switches.end(), known->point) != type->switches.end();
  if (answers) return;
  findings_.add(Severity::without_effect, entry.place,
                subject + (known->unused_in_volcano ? " has no effect, here as in Volcano"
                                                    : " has no effect: the plugin decides nothing of that kind here"));
}

void PluginEntryReader::read_hierarchy(const DocumentEntry& entry, std::string_view plugin) {
  if (entry.value.is_null()) return;
  const std::string subject = "plugin '" + std::string(plugin) + "': '" + std::string(kHierarchy) + "'";
  if (entry.value.kind != Kind::boolean) {
    findings_.add(Severity::wrong, entry.value.place,
                  subject + " is " + entry.value.argument().text() + ": expected true or false, without quotes");
    return;
  }
  if (!entry.value.boolean) return;
  if (plugin == "drf") hierarchical_drf_ = true;
  if (can_be_hierarchical(plugin)) return;
  findings_.add(Severity::wrong, entry.place, subject + ": unsupported: the plugin knows no hierarchy of queues");
}

void PluginEntryReader::check_tier_conflict(Place place) {
  if (!hierarchical_drf_ || !proportion_) return;
  findings_.add(Severity::wrong, place,
                "'drf' with 'enableHierarchy: true' and 'proportion' in one tier contradict each other");
  hierarchical_drf_ = false;  // said once
}

void PluginEntryReader::report_missing(const std::string& name, Place place) {
  if (volcano_names::contains(volcano_names::kPlugins, name)) {
    findings_.add(Severity::unknown, place, "plugin '" + name + "' of Volcano does not exist here yet");
    return;
  }
  std::vector<std::string_view> known;
  for (const PluginType& type : registry_.plugins) known.push_back(type.name);
  findings_.add(Severity::unknown, place, "unknown plugin '" + name + "'" + suggestion(name, known));
}

}  // namespace basalt
