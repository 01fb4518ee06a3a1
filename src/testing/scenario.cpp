#include "basalt/testing/scenario.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <tuple>

#include "basalt/framework/session.hpp"
#include "state/state.hpp"
#include "testing/scenario_script.hpp"

namespace basalt::testing {
namespace {

/// Whether a block of deltas can be applied in any order: each makes or changes another object.
bool order_is_free(const std::vector<Delta>& deltas) {
  std::set<std::tuple<std::size_t, std::string, std::string>> seen;
  return std::all_of(deltas.begin(), deltas.end(), [&](const Delta& delta) {
    const auto* upserted = std::get_if<Upserted>(&delta);
    if (upserted == nullptr) return false;
    const ObjectMeta& meta =
        std::visit([](const auto& object) -> const ObjectMeta& { return object.meta; }, upserted->object);
    return seen.emplace(upserted->object.index(), meta.namespace_name, meta.name).second;
  });
}

/// The decisions that change placements.
Decisions placing(const Decisions& decisions) {
  Decisions kept;
  for (const Decision& decision : decisions) {
    if (std::holds_alternative<Bind>(decision) || std::holds_alternative<Evict>(decision) ||
        std::holds_alternative<Enqueue>(decision) || std::holds_alternative<Reserve>(decision) ||
        std::holds_alternative<Release>(decision)) {
      kept.push_back(decision);
    }
  }
  return kept;
}

/// One run of a script on a fresh cluster.
class Run {
 public:
  /// The configuration outlives the cluster's use by it, and goes before the cluster does.
  Run(const Script& script, const Registry& registry) : script_(script), registry_(registry), state_(Ownership{}) {}

  Result<void> run(std::uint32_t shuffle_seed) {
    auto configured = configure(script_, registry_);
    if (!configured) return configured.error();
    configuration_ = std::make_unique<Configuration>(std::move(*configured));
    configuration_->attach(state_.cluster());
    configuration_->memory->verify_every(1);
    std::mt19937 random(shuffle_seed);
    for (const Step& step : script_.steps) {
      apply(step, shuffle_seed == 0 ? nullptr : &random);
      cycle(step);
    }
    return {};
  }

  [[nodiscard]] const std::string& got() const { return got_; }
  [[nodiscard]] const std::string& everything() const { return everything_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

 private:
  void apply(const Step& step, std::mt19937* random) {
    std::vector<Delta> deltas = step.deltas;
    if (random != nullptr && order_is_free(deltas)) std::shuffle(deltas.begin(), deltas.end(), *random);
    for (const Delta& delta : deltas) state_.apply(delta);
    for (const OutcomeLine& outcome : step.outcomes) settle(outcome);
    for (const std::string& task : step.refused_evictions) refuse_eviction(task);
  }

  /// Tells the state what became of binds under way.
  void settle(const OutcomeLine& outcome) {
    std::vector<Delta> results;
    const Cluster& cluster = state_.cluster();
    cluster.tasks().for_each([&](TaskId id, const Task& task) {
      if (cluster.status(id) != TaskStatus::binding) return;
      if (outcome.task != "*" && outcome.task != display_name(task.namespace_name, task.name)) return;
      results.emplace_back(BindResult{task.namespace_name, task.name, task.uid, cluster.node_name(cluster.node_of(id)),
                                      outcome.outcome, "as the scenario says"});
    });
    for (const Delta& result : results) state_.apply(result);
  }

  void refuse_eviction(const std::string& name) {
    std::vector<Delta> results;
    const Cluster& cluster = state_.cluster();
    cluster.tasks().for_each([&](TaskId, const Task& task) {
      if (name != display_name(task.namespace_name, task.name)) return;
      results.emplace_back(EvictResult{task.namespace_name, task.name, task.uid, false, "as the scenario says"});
    });
    for (const Delta& result : results) state_.apply(result);
  }

  Decisions decide(SessionPurpose purpose, WallTime now) {
    Cluster& cluster = state_.cluster();
    const std::uint64_t before = cluster.fingerprint();
    Session session(cluster, *configuration_, Moment{now, cycle_}, purpose);
    for (const ActionSlot& slot : configuration_->actions) slot.action->run(session);
    Decisions decisions = std::move(session).close();
    if (cluster.fingerprint() != before) violations_.emplace_back("T1: closing the session did not restore the tables");
    return decisions;
  }

  /// What a session with every job awake, asked twice, and the cycle itself place has to be one
  /// and the same: no job sleeps that could be placed.
  Decisions decide_alike(WallTime now) {
    const Decisions first = decide(SessionPurpose::what_if, now);
    if (first != decide(SessionPurpose::what_if, now)) violations_.emplace_back("T5: a second run decided differently");
    Decisions decisions = decide(SessionPurpose::cycle, now);
    if (placing(first) != placing(decisions)) {
      violations_.push_back("L4: with sleeping jobs it was decided\n" + print(decisions, state_.cluster()) +
                            "instead of\n" + print(first, state_.cluster()));
    }
    return decisions;
  }

  void cycle(const Step& step) {
    ++cycle_;
    const Decisions decisions = decide_alike(step.now);
    const std::string printed = print(decisions, state_.cluster());
    everything_ += printed + "--\n";
    std::istringstream lines(printed);
    for (std::string line; std::getline(lines, line);) {
      if (step.kinds.contains(line.substr(0, line.find(' ')))) got_ += line + "\n";
    }
    got_ += "--\n";
    note(check_decisions(state_.cluster(), *configuration_, decisions));
    state_.assume(decisions);
    note(check_placements(state_.cluster(), *configuration_, decisions, in_advance_));
    note(check_tables(state_.cluster()));
    if (configuration_->memory->mismatches() > 0) violations_.emplace_back("T5: the index and the plain path disagree");
  }

  void note(std::vector<std::string> violations) {
    for (std::string& violation : violations) {
      violations_.push_back(std::move(violation) + " (cycle " + std::to_string(cycle_) + ")");
    }
  }

  const Script& script_;
  const Registry& registry_;
  State state_;
  std::unique_ptr<Configuration> configuration_;
  std::uint64_t cycle_ = 0;
  std::unordered_set<TaskId> in_advance_;
  std::string got_, everything_;
  std::vector<std::string> violations_;
};

}  // namespace

Result<ScenarioResult> run_scenario(std::string_view text, const Registry& registry) {
  auto script = read_script(text);
  if (!script) return script.error();
  Run run(*script, registry);
  if (auto ran = run.run(0); !ran) return ran.error();

  ScenarioResult result;
  for (const Step& step : script->steps) result.want += step.want + "--\n";
  result.got = run.got();
  result.violations = run.violations();
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    Run shuffled(*script, registry);
    if (auto ran = shuffled.run(seed); !ran) return ran.error();
    if (shuffled.everything() != run.everything()) {
      result.violations.push_back("T5: rows inserted in another order (seed " + std::to_string(seed) +
                                  ") decided differently:\n" + shuffled.everything() + "instead of\n" +
                                  run.everything());
      break;
    }
  }
  return result;
}

std::vector<NamedScenario> split_scenarios(std::string_view file) {
  std::vector<NamedScenario> scenarios;
  std::istringstream in{std::string(file)};
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("== ")) {
      scenarios.push_back(NamedScenario{line.substr(3), number, {}});
    } else if (!scenarios.empty()) {
      scenarios.back().text += line + "\n";
    }
  }
  return scenarios;
}

}  // namespace basalt::testing
