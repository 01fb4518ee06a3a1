#include "config/scheduler_configuration.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/go_duration.hpp"
#include "config/document.hpp"
#include "config/metrics_section.hpp"
#include "config/near_miss.hpp"
#include "config/plugin_entry.hpp"
#include "config/volcano_names.hpp"

namespace basalt {
namespace {

using Severity = Finding::Severity;

constexpr std::string_view kBuiltinDefault = R"(# Orders jobs, places gangs whole or not at all.
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: conformance
- plugins:
  - name: overcommit
  - name: drf
  - name: predicates
  - name: proportion
  - name: nodeorder
)";

constexpr std::array<std::string_view, 6> kTopLevelKeys = {"actions", "tiers",         "configurations",
                                                           "metrics", "compatibility", "reservations"};
constexpr std::array<std::string_view, 1> kReservationKeys = {"waitingLimit"};
constexpr std::array<std::string_view, 1> kCompatibilityKeys = {"evictionTierFallthrough"};
constexpr std::array<std::string_view, 1> kTierKeys = {"plugins"};
constexpr std::array<std::string_view, 2> kActionEntryKeys = {"name", "arguments"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// The arguments of an action, with the place of the entry they stand in.
struct ActionEntry {
  std::string name;
  const DocumentValue* entry = nullptr;
};

// Reads one file from the top down.
class Reader {
 public:
  Reader(std::string_view origin, const Registry& registry) : registry_(registry), findings_(origin) {}

  std::unique_ptr<Configuration> read(std::string_view yaml) {
    const std::optional<DocumentValue> root = parse_document(yaml, findings_);
    if (!root) return nullptr;
    if (!root->is_map()) {
      findings_.add(Severity::wrong, root->place, "expected a map with the keys 'actions' and 'tiers'");
      return nullptr;
    }
    report_unknown_keys(*root, kTopLevelKeys, "", findings_);
    auto configuration = std::make_unique<Configuration>();
    const std::vector<ActionEntry> entries = read_action_entries(root->find("configurations"));
    configuration->actions = read_actions(*root, entries);
    configuration->tiers = read_tiers(*root);
    check_unused(entries, *configuration);
    read_compatibility(root->find("compatibility"), *configuration);
    read_reservations(root->find("reservations"), *configuration);
    if (const DocumentValue* metrics = root->find("metrics")) check_metrics_section(*metrics, findings_);
    return configuration;
  }

  Findings take_findings() { return findings_.take(); }

 private:
  std::vector<ActionSlot> read_actions(const DocumentValue& root, std::span<const ActionEntry> entries) {
    std::vector<ActionSlot> slots;
    const DocumentValue* actions = root.find("actions");
    constexpr std::string_view kExpected = "expected one text with commas, such as \"enqueue, allocate, backfill\"";
    if (actions == nullptr || actions->is_null()) {
      findings_.add(Severity::wrong, actions == nullptr ? root.place : actions->place,
                    "no 'actions': " + std::string(kExpected));
      return slots;
    }
    if (!actions->is_scalar()) {
      findings_.add(Severity::wrong, actions->place,
                    "'actions' is " + actions->argument().text() + ": " + std::string(kExpected));
      return slots;
    }
    std::string_view rest = actions->text;
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      read_action(trimmed(rest.substr(0, comma)), *actions, entries, slots);
      if (comma == rest.size()) return slots;
      rest.remove_prefix(comma + 1);
    }
  }

  void read_action(std::string_view name, const DocumentValue& actions, std::span<const ActionEntry> entries,
                   std::vector<ActionSlot>& slots) {
    if (name.empty()) {
      findings_.add(Severity::wrong, actions.place,
                    "'actions' holds an empty name: expected a name on either side of "
                    "each comma");
      return;
    }
    const ActionType* type = registry_.find_action(name);
    if (type == nullptr) {
      findings_.add(Severity::wrong, actions.place, about_missing_action(name));
      return;
    }
    const auto entry =
        std::find_if(entries.begin(), entries.end(), [name](const ActionEntry& known) { return known.name == name; });
    slots.push_back(
        ActionSlot{std::string(name), configure_action(*type, entry == entries.end() ? nullptr : entry->entry)});
  }

  std::unique_ptr<Action> configure_action(const ActionType& type, const DocumentValue* entry) {
    const DocumentValue* arguments = entry == nullptr ? nullptr : entry->find("arguments");
    return configure_at(
        arguments, entry == nullptr ? Place{} : entry->place,
        [&](const Arguments& read, Findings& said) { return type.configure(read, said); }, findings_);
  }

  std::string about_missing_action(std::string_view name) const {
    const std::string quoted = "action '" + std::string(name) + "'";
    if (volcano_names::contains(volcano_names::kActions, name)) {
      return quoted + " of Volcano does not exist here yet: take it out of 'actions'";
    }
    std::vector<std::string_view> known;
    for (const ActionType& type : registry_.actions) known.push_back(type.name);
    return "unknown " + quoted + suggestion(name, known) + ": expected one of " + joined(known);
  }

  static std::string joined(std::span<const std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
  }

  std::vector<ActionEntry> read_action_entries(const DocumentValue* configurations) {
    std::vector<ActionEntry> entries;
    if (configurations == nullptr || configurations->is_null()) return entries;
    if (!configurations->is_list()) {
      findings_.add(Severity::wrong, configurations->place,
                    "'configurations' is " + configurations->argument().text() +
                        ": expected a list of entries with 'name' and "
                        "'arguments'");
      return entries;
    }
    for (const DocumentValue& entry : configurations->items) read_action_entry(entry, entries);
    return entries;
  }

  void read_action_entry(const DocumentValue& entry, std::vector<ActionEntry>& entries) {
    const DocumentValue* name = entry.find("name");
    if (!entry.is_map() || name == nullptr || !name->is_scalar() || name->text.empty()) {
      findings_.add(Severity::wrong, entry.place,
                    "an entry of 'configurations' without the name of an action: "
                    "expected 'name' and 'arguments'");
      return;
    }
    report_unknown_keys(entry, kActionEntryKeys, "configuration of action '" + name->text + "': ", findings_);
    const bool again =
        std::any_of(entries.begin(), entries.end(), [&](const ActionEntry& known) { return known.name == name->text; });
    if (again) {
      findings_.add(Severity::without_effect, entry.place,
                    "a second configuration of action '" + name->text + "' has no effect: the first one counts");
      return;
    }
    entries.push_back(ActionEntry{name->text, &entry});
  }

  // Arguments of actions that do not run: read all the same, so that a mistake in them is found.
  void check_unused(std::span<const ActionEntry> entries, const Configuration& configuration) {
    for (const ActionEntry& entry : entries) {
      if (configuration.has_action(entry.name)) continue;
      const std::string quoted = "configuration of action '" + entry.name + "'";
      if (const ActionType* type = registry_.find_action(entry.name)) {
        configure_action(*type, entry.entry);
        findings_.add(Severity::without_effect, entry.entry->place,
                      quoted + " has no effect: 'actions' does not name it");
      } else if (volcano_names::contains(volcano_names::kActions, entry.name)) {
        findings_.add(Severity::without_effect, entry.entry->place,
                      quoted + " has no effect: this action of Volcano does not exist here yet");
      } else {
        findings_.add(Severity::unknown, entry.entry->place,
                      quoted + ": unknown action" + suggestion(entry.name, volcano_names::kActions));
      }
    }
  }

  // Where something works otherwise than in Volcano, and an installation depends on how it was.
  void read_compatibility(const DocumentValue* section, Configuration& configuration) {
    if (section == nullptr || section->is_null()) return;
    if (!section->is_map()) {
      findings_.add(Severity::wrong, section->place,
                    "'compatibility' is " + section->argument().text() + ": expected a map");
      return;
    }
    report_unknown_keys(*section, kCompatibilityKeys, "compatibility: ", findings_);
    const DocumentValue* value = section->find("evictionTierFallthrough");
    if (value == nullptr || value->is_null()) return;
    const ArgumentValue argument = value->argument();
    if (const bool* is_on = argument.as_bool()) {
      configuration.victims_fall_through = *is_on;
    } else {
      findings_.add(Severity::wrong, value->place,
                    "compatibility: 'evictionTierFallthrough' is " + argument.text() + ": expected true or false");
    }
  }

  // When room is held for jobs that wait. Volcano has nothing like it.
  void read_reservations(const DocumentValue* section, Configuration& configuration) {
    if (section == nullptr || section->is_null()) return;
    if (!section->is_map()) {
      findings_.add(Severity::wrong, section->place,
                    "'reservations' is " + section->argument().text() + ": expected a map");
      return;
    }
    report_unknown_keys(*section, kReservationKeys, "reservations: ", findings_);
    const DocumentValue* value = section->find("waitingLimit");
    if (value == nullptr || value->is_null()) return;
    const ArgumentValue argument = value->argument();
    const std::string* text = argument.as_string();
    const auto limit = parse_go_duration(text == nullptr ? "" : *text);
    if (limit && limit->count() > 0) {
      configuration.waiting_limit = std::chrono::duration_cast<std::chrono::microseconds>(*limit);
    } else {
      findings_.add(
          Severity::wrong, value->place,
          "reservations: 'waitingLimit' is " + argument.text() + ": expected a duration such as 30m or 1h30m");
    }
  }

  std::vector<Tier> read_tiers(const DocumentValue& root) {
    std::vector<Tier> tiers;
    const DocumentValue* list = root.find("tiers");
    if (list == nullptr || list->is_null() || (list->is_list() && list->items.empty())) {
      findings_.add(Severity::note, list == nullptr ? root.place : list->place,
                    "no 'tiers': actions will run without any plugin");
      return tiers;
    }
    if (!list->is_list()) {
      findings_.add(Severity::wrong, list->place,
                    "'tiers' is " + list->argument().text() + ": expected a list of entries with 'plugins'");
      return tiers;
    }
    PluginEntryReader plugins(registry_, findings_);
    for (const DocumentValue& tier : list->items) tiers.push_back(read_tier(tier, plugins));
    return tiers;
  }

  Tier read_tier(const DocumentValue& entry, PluginEntryReader& reader) {
    Tier tier;
    if (!entry.is_map()) {
      findings_.add(Severity::wrong, entry.place,
                    "a tier is " + entry.argument().text() + ": expected a map with the key 'plugins'");
      return tier;
    }
    report_unknown_keys(entry, kTierKeys, "tier: ", findings_);
    const DocumentValue* plugins = entry.find("plugins");
    if (plugins == nullptr || plugins->is_null()) {
      findings_.add(Severity::note, entry.place, "a tier without plugins");
      return tier;
    }
    if (!plugins->is_list()) {
      findings_.add(Severity::wrong, plugins->place,
                    "'plugins' is " + plugins->argument().text() + ": expected a list of entries with 'name'");
      return tier;
    }
    reader.begin_tier();
    for (const DocumentValue& plugin : plugins->items) {
      if (auto slot = reader.read(plugin)) tier.plugins.push_back(std::move(*slot));
    }
    return tier;
  }

  const Registry& registry_;
  PlacedFindings findings_;
};

}  // namespace

bool refuses(const Finding& finding, Leniency leniency) {
  switch (finding.severity) {
    case Severity::wrong: return true;
    case Severity::unknown: return leniency == Leniency::strict;
    case Severity::without_effect:
    case Severity::note: return false;
  }
  return true;
}

ParsedConfiguration parse_configuration(std::string_view yaml, std::string_view origin, const Registry& registry,
                                        Leniency leniency) {
  Reader reader(origin, registry);
  ParsedConfiguration parsed{reader.read(yaml), reader.take_findings()};
  const bool refused = std::any_of(parsed.findings.begin(), parsed.findings.end(),
                                   [leniency](const Finding& finding) { return refuses(finding, leniency); });
  if (refused) parsed.configuration.reset();
  if (parsed.configuration != nullptr) {
    parsed.configuration->source = yaml;
    parsed.configuration->origin = origin;
  }
  return parsed;
}

std::string_view builtin_default_configuration() { return kBuiltinDefault; }

}  // namespace basalt
