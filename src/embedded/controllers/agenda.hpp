#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "basalt/base/clock.hpp"
#include "embedded/store/object.hpp"

namespace basalt::embedded {

/// An object among those of all kinds.
struct ObjectName {
  ResourceName resource;
  Key key;

  auto operator<=>(const ObjectName&) const = default;
};

/// The objects that a controller has to look at: now, or at a moment. Each is in it once: the earlier date counts.
/// Those that are due now come in the order of their names, so that the same changes lead to the same writes. Not
/// thread-safe.
class Agenda {
 public:
  void add(const ObjectName& object) { now_.insert(object); }
  void add_at(const ObjectName& object, WallTime due);
  /// For one that could not be brought on: later, each time twice as late, from a second to a minute.
  void add_again(const ObjectName& object, WallTime now);
  /// It went well: the next failure is its first.
  void forget_failures(const ObjectName& object) { failures_.erase(object); }

  /// Takes the next one that is due; empty when none is.
  std::optional<ObjectName> take(WallTime now);
  /// When the next one is due that is not yet; empty when there is none.
  [[nodiscard]] std::optional<WallTime> next() const;

 private:
  std::set<ObjectName> now_;
  std::set<std::pair<WallTime, ObjectName>> later_;
  std::map<ObjectName, WallTime> due_;  // where it stands in later_
  std::map<ObjectName, int> failures_;  // in a row
};

}  // namespace basalt::embedded
