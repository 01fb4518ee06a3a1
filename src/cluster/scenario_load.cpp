#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "adapter/encode.hpp"
#include "basalt/testing/scenario.hpp"
#include "cluster/scenario_file.hpp"
#include "testing/scenario_script.hpp"

namespace basalt::cluster {
namespace {

using embedded::Cluster;
using embedded::Json;
using embedded::Key;
using embedded::KindRef;
using embedded::text_at;

Error mistake(std::string message) { return Error{ErrorCode::invalid, std::move(message)}; }

const ObjectMeta& meta_of(const ObjectVariant& object) {
  return std::visit([](const auto& kind) -> const ObjectMeta& { return kind.meta; }, object);
}

/// The scenario that is meant: the only one, or the one of that name.
Result<std::string> choose(std::string_view text, std::string_view name) {
  const auto scenarios = testing::split_scenarios(text);
  if (name.empty() && scenarios.empty()) return std::string(text);
  if (name.empty() && scenarios.size() == 1) return scenarios.front().text;
  std::string names;
  for (const auto& scenario : scenarios) {
    if (scenario.name == name) return scenario.text;
    names += (names.empty() ? "" : ", ") + scenario.name;
  }
  if (scenarios.empty()) return mistake("expected '== " + std::string(name) + "', found no scenario with a name");
  return mistake((name.empty() ? "expected #NAME after the file, one of: " : "expected one of: ") + names);
}

/// What there is after everything has happened that stands before the first cycle, in the order of the lines.
std::vector<ObjectVariant> objects_of(const std::vector<Delta>& deltas) {
  std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t> last;  // line that speaks of it
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    if (const auto* there = std::get_if<Upserted>(&deltas[i])) {
      const ObjectMeta& meta = meta_of(there->object);
      last[{there->object.index(), meta.namespace_name, meta.name}] = i;
    } else if (const auto* gone = std::get_if<Removed>(&deltas[i])) {
      last[{static_cast<std::size_t>(gone->kind), gone->namespace_name, gone->name}] = i;
    }
  }
  std::set<std::size_t> lines;
  for (const auto& [name, line] : last) lines.insert(line);
  std::vector<ObjectVariant> objects;
  for (const std::size_t line : lines) {
    if (const auto* there = std::get_if<Upserted>(&deltas[line])) objects.push_back(there->object);
  }
  return objects;
}

/// Moves the object's times, so that what was `from` is `to`.
void move_times(ObjectVariant& object, WallTime from, WallTime to) {
  const auto moved = [&](WallTime time) { return to + (time - from); };
  std::visit(
      [&](auto& kind) {
        kind.meta.created = moved(kind.meta.created);
        if (kind.meta.deleted) kind.meta.deleted = moved(*kind.meta.deleted);
      },
      object);
  if (auto* pod = std::get_if<PodObject>(&object); pod != nullptr && pod->started) pod->started = moved(*pod->started);
}

/// What a script says that is no object of the first cycle.
std::vector<std::string> notes_on(const testing::Script& script, std::size_t cycles) {
  std::vector<std::string> notes;
  if (!script.tiers.empty() || !script.action_arguments.empty() || script.victims_fall_through ||
      script.waiting_limit) {
    notes.emplace_back("plugins and arguments are not loaded: they belong into the scheduler's configuration");
  }
  const testing::Step& first = script.steps.front();
  if (!first.outcomes.empty() || !first.refused_evictions.empty()) {
    notes.emplace_back("outcomes of binds and evictions are not loaded: nothing is under way here");
  }
  if (cycles > 1) {
    notes.push_back("what happens after the first cycle is not loaded: " + std::to_string(cycles - 1) + " more");
  }
  return notes;
}

Result<void> make_namespace(Cluster& cluster, const std::string& name) {
  const KindRef namespaces = cluster.store().catalogue()->find("", "namespaces");
  if (name.empty() || cluster.store().find(*namespaces, Key{"", name})) return {};
  const auto made = cluster.create(*namespaces, "", {{"metadata", {{"name", name}}}});
  if (!made) return mistake("namespace " + name + ": " + made.refusal().message);
  return {};
}

Result<void> put(Cluster& cluster, const ObjectVariant& object) {
  const ObjectMeta& meta = meta_of(object);
  if (auto made = make_namespace(cluster, meta.namespace_name); !made) return made;
  Json tree = Json::parse(adapter::encode(object));
  const std::string api_version = text_at(tree, "apiVersion");
  const std::string kind_name = text_at(tree, "kind");
  const KindRef kind = cluster.store().catalogue()->find_by_type(api_version, kind_name);
  const std::string what = kind_name + " \"" + meta.name + "\"";
  if (!kind) {
    return mistake(what + ": " + api_version + " is not served: load its CustomResourceDefinition first (deploy/crds)");
  }
  const auto done = cluster.restore(*kind, std::move(tree));
  if (!done) return mistake(what + ": " + done.refusal().message);
  return {};
}

}  // namespace

Result<LoadedScenario> load_scenario(Cluster& cluster, std::string_view text, std::string_view name) {
  const auto scenario = choose(text, name);
  if (!scenario) return scenario.error();
  // A dump of a cluster has no cycles. One more at the end does no harm: only the first is looked at.
  const auto script = testing::read_script(*scenario + "\n-- want\n");
  if (!script) return script.error();
  const testing::Step& first = script->steps.front();
  LoadedScenario loaded;
  loaded.notes = notes_on(*script, script->steps.size() - 1);
  for (ObjectVariant& object : objects_of(first.deltas)) {
    move_times(object, first.now, cluster.clock().now());
    if (auto done = put(cluster, object); !done) return done.error();
    ++loaded.objects;
  }
  return loaded;
}

}  // namespace basalt::cluster
