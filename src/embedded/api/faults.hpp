#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/objects/json_path.hpp"
#include "embedded/store/event_log.hpp"

namespace basalt::embedded {

/// What is done to a request that a fault hits.
struct FaultEffect {
  bool drop_reply = false;             ///< do it, then close the connection without an answer
  std::chrono::milliseconds delay{0};  ///< do it, then wait before answering
  int status = 0;                      ///< do nothing and answer so: 409, 429, 500, ... 0: do it
  std::optional<int> retry_after_seconds;
};

/// Which requests go wrong, and how: for tests. Nothing does until a test says so. Thread-safe.
class Faults {
 public:
  explicit Faults(bool enabled) : enabled_(enabled) {}

  /// Whether rules can be set at all. Watches then look for them often.
  [[nodiscard]] bool enabled() const { return enabled_; }

  /// Adds a rule: {"verb": "create", "resource": "pods/binding", "name": "p", "skip": 2, "times": 1,
  /// "dropReply": true, "delayMilliseconds": 50, "status": 429, "retryAfterSeconds": 1}. Absent verb, resource and
  /// name match anything; `skip` requests that match are spared first; `times` (default 1) are hit. Refused with 400.
  Objection add(const Json& rule);
  /// Takes back all rules, stalls and disturbances.
  void clear();
  /// What to do to this request, if anything. Counts it.
  std::optional<FaultEffect> take(std::string_view verb, std::string_view resource, std::string_view name);

  /// Sets what watches do, of one resource or (empty) of all: {"resource": "pods", "stall": true, "cut": true,
  /// "duplicate": true, "reverse": true}. A stall lasts until it is set to false; a cut breaks those that are open;
  /// events are sent twice, or each batch backwards, until set to false. Refused with 400.
  Objection set_watches(const Json& rule);
  [[nodiscard]] bool is_stalled(const ResourceName& resource) const;
  /// How often watches of this resource have been cut.
  [[nodiscard]] std::uint64_t cuts(const ResourceName& resource) const;
  /// Changes a batch of events as the rules say.
  void disturb(const ResourceName& resource, std::vector<Event>& events) const;

  /// The rules that are in force, with how often they have matched.
  [[nodiscard]] Json describe() const;

 private:
  struct Rule {
    std::string verb;
    std::string resource;
    std::string name;
    long long skip = 0;
    long long times = 1;
    long long matched = 0;
    FaultEffect effect;
  };
  struct WatchRule {
    bool stall = false;
    bool duplicate = false;
    bool reverse = false;
    std::uint64_t cuts = 0;
  };
  [[nodiscard]] WatchRule watch_rule(const ResourceName& resource) const;

  const bool enabled_;
  mutable std::mutex mutex_;
  std::vector<Rule> rules_;                                // guarded by mutex_
  std::map<std::string, WatchRule, std::less<>> watches_;  // guarded by mutex_; by qualified name, "" for all
};

}  // namespace basalt::embedded
