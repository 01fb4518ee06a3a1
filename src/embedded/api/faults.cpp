#include "embedded/api/faults.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// Each member of a rule must be known: a fault that is misspelt would make a test pass for nothing.
Objection check_members(const Json& rule, std::initializer_list<std::string_view> known) {
  if (!rule.is_object()) return bad_request("a rule is a JSON object");
  for (const auto& [name, value] : rule.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return bad_request("a rule has no member \"" + name + "\"");
    }
  }
  return {};
}

bool fits(const std::string& wanted, std::string_view given) { return wanted.empty() || wanted == given; }

}  // namespace

Objection Faults::add(const Json& rule) {
  if (auto objection = check_members(rule, {"verb", "resource", "name", "skip", "times", "dropReply",
                                            "delayMilliseconds", "status", "retryAfterSeconds"})) {
    return objection;
  }
  Rule made;
  made.verb = kube::text_at(rule, "verb");
  made.resource = kube::text_at(rule, "resource");
  made.name = kube::text_at(rule, "name");
  made.skip = kube::integer_at(rule, "skip", 0);
  made.times = kube::integer_at(rule, "times", 1);
  made.effect.drop_reply = is_true_at(rule, "dropReply");
  made.effect.delay = std::chrono::milliseconds(kube::integer_at(rule, "delayMilliseconds", 0));
  made.effect.status = static_cast<int>(kube::integer_at(rule, "status", 0));
  if (rule.contains("retryAfterSeconds")) {
    made.effect.retry_after_seconds = static_cast<int>(kube::integer_at(rule, "retryAfterSeconds", 1));
  }
  if (made.effect.status != 0 && (made.effect.status < 400 || made.effect.status > 599)) {
    return bad_request("status: expected 400 to 599");
  }
  const std::lock_guard lock(mutex_);
  rules_.push_back(std::move(made));
  return {};
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
  for (auto& [name, rule] : watches_) rule = WatchRule{.cuts = rule.cuts};
}

std::optional<FaultEffect> Faults::take(std::string_view verb, std::string_view resource, std::string_view name) {
  if (!enabled_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<FaultEffect> effect;
  for (Rule& rule : rules_) {
    if (!fits(rule.verb, verb) || !fits(rule.resource, resource) || !fits(rule.name, name)) continue;
    const long long place = rule.matched++;
    if (!effect && place >= rule.skip && place < rule.skip + rule.times) effect = rule.effect;
  }
  return effect;
}

Objection Faults::set_watches(const Json& rule) {
  if (auto objection = check_members(rule, {"resource", "stall", "cut", "duplicate", "reverse"})) return objection;
  const std::lock_guard lock(mutex_);
  WatchRule& changed = watches_[kube::text_at(rule, "resource")];
  if (rule.contains("stall")) changed.stall = is_true_at(rule, "stall");
  if (rule.contains("duplicate")) changed.duplicate = is_true_at(rule, "duplicate");
  if (rule.contains("reverse")) changed.reverse = is_true_at(rule, "reverse");
  if (is_true_at(rule, "cut")) ++changed.cuts;
  return {};
}

Faults::WatchRule Faults::watch_rule(const ResourceName& resource) const {
  WatchRule sum;
  if (!enabled_) return sum;
  const std::lock_guard lock(mutex_);
  for (const std::string& name : {std::string(), resource.qualified()}) {
    const auto found = watches_.find(name);
    if (found == watches_.end()) continue;
    sum.stall = sum.stall || found->second.stall;
    sum.duplicate = sum.duplicate || found->second.duplicate;
    sum.reverse = sum.reverse || found->second.reverse;
    sum.cuts += found->second.cuts;
  }
  return sum;
}

bool Faults::is_stalled(const ResourceName& resource) const { return watch_rule(resource).stall; }

std::uint64_t Faults::cuts(const ResourceName& resource) const { return watch_rule(resource).cuts; }

void Faults::disturb(const ResourceName& resource, std::vector<Event>& events) const {
  const WatchRule rule = watch_rule(resource);
  if (rule.reverse) std::reverse(events.begin(), events.end());
  if (!rule.duplicate) return;
  std::vector<Event> twice;
  for (const Event& event : events) twice.insert(twice.end(), 2, event);
  events = std::move(twice);
}

Json Faults::describe() const {
  const std::lock_guard lock(mutex_);
  Json rules = Json::array();
  for (const Rule& rule : rules_) {
    rules.push_back({{"verb", rule.verb},
                     {"resource", rule.resource},
                     {"name", rule.name},
                     {"skip", rule.skip},
                     {"times", rule.times},
                     {"matched", rule.matched}});
  }
  return {{"rules", std::move(rules)}};
}

}  // namespace basalt::embedded
