#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "e2e/ledger/history.hpp"

namespace basalt::e2e {

/// What became of one gang.
struct GangReport {
  int min_member = 0;
  std::size_t holding = 0;  ///< members that hold room, or did and succeeded, at the end of the history
  std::int64_t first_bind = 0;
  std::int64_t last_bind = 0;  ///< revision
  std::chrono::steady_clock::duration first_to_last{0};
  /// How long it was there with fewer members than its minimum, from its first bind on.
  std::chrono::steady_clock::duration partial{0};
};

/// What the history shows.
struct Judgement {
  std::vector<std::string> violations;  ///< each with its revision; empty: clean
  std::map<std::string, GangReport> gangs;
  std::size_t bound = 0;  ///< binds, by whomever

  /// The longest time that a gang was there in part.
  [[nodiscard]] std::chrono::milliseconds longest_partial() const;
  /// A readable account, violations first.
  [[nodiscard]] std::string text() const;
};

/// What is still right.
struct Allowance {
  /// How long a gang may be bound in part: the time that the commit of a gang takes, or a restart.
  std::chrono::milliseconds partial{5000};
};

/// Goes through the history in the order of its revisions and checks after each one:
/// - no node holds more than its allocatable, in any resource that a pod on it asks for, whoever bound the pods;
/// - a pod is bound once, to a node that exists, and stays there until it is deleted;
/// - a gang that begins to be bound reaches its minimum within the allowance, and before the history ends. (A gang that
///   was whole may shrink: its members are finished or deleted by others.)
Judgement judge(std::span<const Entry> history, const Allowance& allowance);

}  // namespace basalt::e2e
