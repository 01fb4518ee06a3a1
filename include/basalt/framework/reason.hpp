#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "basalt/base/symbol.hpp"

namespace basalt {

/// Why something does not fit, as data: a text that plugins declare as a constant, and what
/// it is about. Formatted only when somebody reads it.
struct Reason {
  /// Must live as long as the program (a string literal). "{}" stands for the operand.
  std::string_view text;
  Symbol operand;

  bool operator==(const Reason&) const = default;
  auto operator<=>(const Reason&) const = default;
};

/// The text with its operand filled in.
std::string format(const Reason& reason, const Symbols& symbols);

/// One answer to "does this task fit here": yes, or no and whether evictions could change it.
struct Fit {
  enum class Verdict : std::uint8_t {
    fits,
    unschedulable,  ///< not now; with other pods gone it might
    unresolvable,   ///< not on this node, whoever leaves
  };
  Verdict verdict = Verdict::fits;
  Reason reason;

  explicit operator bool() const { return verdict == Verdict::fits; }
  static Fit yes() { return Fit{}; }
  static Fit no(Reason reason) { return Fit{Verdict::unschedulable, reason}; }
  static Fit never(Reason reason) { return Fit{Verdict::unresolvable, reason}; }
};

/// How many nodes refused a task, and why. The first objection of each node counts.
class FitSummary {
 public:
  void add(const Reason& reason, std::uint32_t nodes = 1) { counts_[reason] += nodes; }
  [[nodiscard]] bool empty() const { return counts_.empty(); }
  /// Nodes by reason. Ordered by the reason's text, then by operand number (not for display).
  [[nodiscard]] const std::map<Reason, std::uint32_t>& counts() const { return counts_; }
  /// "0/12 nodes are unavailable: 10 Insufficient cpu, 2 node(s) were unschedulable.": the
  /// nodes that were asked, then the reasons, sorted as text. Volcano's wording, which users
  /// search for.
  [[nodiscard]] std::string text(const Symbols& symbols) const;

 private:
  std::map<Reason, std::uint32_t> counts_;
};

namespace reasons {
/// The operand is the resource.
inline constexpr std::string_view kInsufficient = "Insufficient {}";
inline constexpr std::string_view kPodCount = "node(s) pod number exceeded";
inline constexpr std::string_view kUncountable = "node(s) had pods whose requests cannot be counted";
}  // namespace reasons

}  // namespace basalt
