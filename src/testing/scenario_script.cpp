#include "testing/scenario_script.hpp"

#include <charconv>
#include <sstream>

#include "basalt/base/go_duration.hpp"
#include "basalt/model/cluster_text.hpp"

namespace basalt::testing {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line.substr(0, line.find('#')));
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// Numbers and booleans as YAML would read them.
ArgumentValue argument_value(const std::string& text) {
  if (text == "true") return ArgumentValue(true);
  if (text == "false") return ArgumentValue(false);
  std::int64_t integer = 0;
  const char* const end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, integer); error == std::errc{} && at == end) {
    return ArgumentValue(integer);
  }
  double number = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, number); error == std::errc{} && at == end) {
    return ArgumentValue(number);
  }
  return ArgumentValue(text);
}

Result<PluginLine> read_plugin(const std::vector<std::string>& words) {
  if (words.size() < 2) return Error{ErrorCode::invalid, "plugin: expected a name"};
  PluginLine plugin{words[1], {}, {}};
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string::npos) return Error{ErrorCode::invalid, "plugin " + words[1] + ": expected key=value"};
    const std::string key = words[i].substr(0, equals);
    const std::string value = words[i].substr(equals + 1);
    // Volcano has arguments that look like switches.
    if (!key.starts_with("enable") || key == "enableHierarchy" || key == "enablePreferredOrder") {
      plugin.arguments.emplace_back(key, argument_value(value));
    } else if (value == "false") {
      plugin.switched_off.insert(key);
    }
  }
  return plugin;
}

/// Reads a scenario line by line; what is not configuration is left to the cluster text.
class ScriptReader {
 public:
  Result<Script> read(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
      if (auto taken = take(line); !taken) return taken.error();
    }
    if (!wanting_) return Error{ErrorCode::invalid, "expected '-- want' at the end of the scenario"};
    if (!named_queue_) {
      const auto queue = parse_cluster_text("queue default", 0);
      script_.steps.front().deltas.insert(script_.steps.front().deltas.begin(), queue->front());
    }
    return std::move(script_);
  }

 private:
  Result<void> take(const std::string& line) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) {
      cluster_ += "\n";
      return {};
    }
    if (words[0] == "--") return take_marker(words);
    if (wanting_) {
      std::string joined;
      for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
      script_.steps.back().want += joined + "\n";
      return {};
    }
    return take_line(line, words);
  }

  Result<void> take_marker(const std::vector<std::string>& words) {
    if (words.size() >= 2 && words[1] == "then") {
      wanting_ = false;
      return {};
    }
    if (words.size() < 2 || words[1] != "want") return Error{ErrorCode::invalid, "expected '-- want' or '-- then'"};
    auto deltas = parse_cluster_text(cluster_, 1000 * static_cast<std::int64_t>(script_.steps.size()));
    if (!deltas) return deltas.error();
    cluster_.clear();
    Step step{std::move(*deltas),
              std::move(outcomes_),
              std::move(refused_evictions_),
              {words.begin() + 2, words.end()},
              {},
              now_};
    outcomes_.clear();
    refused_evictions_.clear();
    if (step.kinds.empty()) step.kinds = {"bind", "evict", "reserve", "release"};
    script_.steps.push_back(std::move(step));
    wanting_ = true;
    return {};
  }

  Result<void> take_line(const std::string& line, const std::vector<std::string>& words) {
    std::string_view kind = words[0];
    cluster_ += "\n";  // keeps the line numbers of what the cluster text complains about
    if (kind == "plugins") {
      auto& tier = script_.tiers.emplace_back();
      for (std::size_t i = 1; i < words.size(); ++i) tier.push_back(PluginLine{words[i], {}, {}});
    } else if (kind == "tier") {
      script_.tiers.emplace_back();
    } else if (kind == "plugin") {
      auto plugin = read_plugin(words);
      if (!plugin) return plugin.error();
      if (script_.tiers.empty()) script_.tiers.emplace_back();
      script_.tiers.back().push_back(std::move(*plugin));
    } else if (kind == "action") {
      auto action = read_plugin(words);
      if (!action) return action.error();
      script_.action_arguments[action->name] = std::move(action->arguments);
    } else if (kind == "actions") {
      script_.actions.assign(words.begin() + 1, words.end());
    } else if (kind == "compatibility") {
      if (words.size() != 2 || words[1] != "evictionTierFallthrough") {
        return Error{ErrorCode::invalid, "compatibility: expected 'evictionTierFallthrough'"};
      }
      script_.victims_fall_through = true;
    } else if ((kind == "clock" || kind == "waiting-limit") && words.size() == 2) {
      const auto duration = parse_go_duration(words[1]);
      if (!duration) return duration.error();
      const auto exact = std::chrono::duration_cast<std::chrono::microseconds>(*duration);
      if (kind == "clock") {
        now_ = WallTime(exact);
      } else {
        script_.waiting_limit = exact;
      }
    } else if (kind == "acknowledged") {
      outcomes_.push_back({words.size() > 1 ? words[1] : "*", BindResult::Outcome::acknowledged});
    } else if (kind == "refuted" && words.size() == 2) {
      outcomes_.push_back({words[1], BindResult::Outcome::refuted});
    } else if (kind == "not-evicted" && words.size() == 2) {
      refused_evictions_.push_back(words[1]);
    } else if (kind == "in-doubt" && words.size() == 2) {
      outcomes_.push_back({words[1], BindResult::Outcome::in_doubt});
    } else {
      named_queue_ = named_queue_ || kind == "queue";
      cluster_.pop_back();
      cluster_ += line + "\n";
    }
    return {};
  }

  Script script_;
  std::string cluster_;
  std::vector<OutcomeLine> outcomes_;
  std::vector<std::string> refused_evictions_;
  WallTime now_{std::chrono::hours(1)};
  bool wanting_ = false;
  bool named_queue_ = false;
};

Error refused(const Findings& findings) {
  std::string all;
  for (const Finding& finding : findings) all += (all.empty() ? "" : "; ") + finding.message;
  return Error{ErrorCode::invalid, all};
}

}  // namespace

Result<Script> read_script(std::string_view text) { return ScriptReader().read(text); }

Result<Configuration> configure(const Script& script, const Registry& registry) {
  Configuration configuration;
  configuration.waiting_limit = script.waiting_limit;
  configuration.victims_fall_through = script.victims_fall_through;
  Findings findings;
  for (const std::string& name : script.actions) {
    const ActionType* type = registry.find_action(name);
    if (type == nullptr) return Error{ErrorCode::invalid, "unknown action '" + name + "'"};
    const auto known = script.action_arguments.find(name);
    const Arguments arguments = known == script.action_arguments.end() ? Arguments{} : known->second;
    configuration.actions.push_back(ActionSlot{name, type->configure(arguments, findings)});
  }
  for (const auto& tier : script.tiers) {
    Tier made;
    for (const PluginLine& line : tier) {
      const PluginType* type = registry.find_plugin(line.name);
      if (type == nullptr) return Error{ErrorCode::invalid, "unknown plugin '" + line.name + "'"};
      made.plugins.push_back(PluginSlot{line.name, type->configure(line.arguments, findings), line.switched_off});
    }
    configuration.tiers.push_back(std::move(made));
  }
  for (const Finding& finding : findings) {
    if (finding.severity == Finding::Severity::wrong || finding.severity == Finding::Severity::unknown) {
      return refused(findings);
    }
  }
  return configuration;
}

}  // namespace basalt::testing
