#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "basalt/framework/configuration.hpp"
#include "basalt/framework/decision.hpp"
#include "state/state.hpp"

namespace basalt::testing {

/// Books of its own about what the API was said to hold and which binds are under way, kept from
/// deltas and decisions alone, and the tables and decisions held against them: the invariants of
/// docs/invariants.md that need a memory longer than one cycle. Complaints begin with the name of
/// the invariant.
class Audit {
 public:
  Audit(const State& state, const Configuration& configuration) : state_(state), configuration_(configuration) {}

  /// A delta was applied.
  void happened(const Delta& delta);
  /// A cycle has decided, and its decisions are not assumed yet.
  void decided(const Decisions& decisions);
  /// They have been.
  void assumed(const Decisions& decisions);

  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

  /// Whether a plugin is configured, and this switch of it not off.
  [[nodiscard]] bool asks(std::string_view plugin, std::string_view question) const;

 private:
  struct Intent {
    std::string uid, node;
  };
  /// What a job had before the cycle, and what makes it the equal of another.
  struct Standing {
    bool is_untouched = false;  // nothing placed or reserved, something waits
    std::string shape;
  };

  void complain(const std::string& what) { complaints_.push_back(what); }
  [[nodiscard]] const Cluster& cluster() const { return state_.cluster(); }
  [[nodiscard]] std::string shape_of(const Job& job) const;

  [[nodiscard]] std::int64_t left_beside_old_reservations(NodeId node, Dimension kind) const;

  void check_pods();
  void check_binds(const Decisions& decisions);
  void check_quota(const Decisions& decisions);
  void check_turns(const Decisions& decisions);
  void check_holds(const Decisions& decisions);
  void check_reports(const Decisions& decisions);

  const State& state_;
  const Configuration& configuration_;
  std::map<std::string, PodObject> pods_;  // by namespace/name, as do the others
  std::map<std::string, Intent> intents_;
  std::set<std::string> evicting_;
  std::set<std::string> nodes_;
  std::set<std::uint32_t> had_reservation_;     // tasks by slot, before the cycle
  std::map<std::uint32_t, Standing> standing_;  // jobs by slot, before the cycle
  std::vector<std::string> complaints_;
};

}  // namespace basalt::testing
