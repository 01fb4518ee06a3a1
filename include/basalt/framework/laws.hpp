#pragma once

#include <algorithm>
#include <compare>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "basalt/framework/extension_points.hpp"
#include "basalt/model/ids.hpp"

/// The laws by which the answers of several plugins become one. Each is written once; a
/// point is a law and a question. Facts: Volcano's session_plugins; where a law departs from
/// it, its comment says so, and docs/compatibility.md has the scenario.
namespace basalt {

/// The plugins that answer one point, by tier, in order. Empty tiers are left out.
template <class Point>
using Tiers = std::vector<std::vector<Point*>>;

namespace laws {

/// The first plugin that prefers a side decides; `fallback()` if none does.
template <class Point, class Ask, class Fallback>
std::weak_ordering first_preference(const Tiers<Point>& tiers, Ask&& ask, Fallback&& fallback) {
  for (const auto& tier : tiers) {
    for (Point* plugin : tier) {
      const std::weak_ordering answer = ask(*plugin);
      if (answer != 0) return answer;
    }
  }
  return fallback();
}

/// One no is no; nobody asked is yes.
template <class Point, class Ask>
bool all_agree(const Tiers<Point>& tiers, Ask&& ask) {
  for (const auto& tier : tiers) {
    for (Point* plugin : tier) {
      if (!ask(*plugin)) return false;
    }
  }
  return true;
}

/// One yes is yes; nobody asked is no.
template <class Point, class Ask>
bool anyone(const Tiers<Point>& tiers, Ask&& ask) {
  for (const auto& tier : tiers) {
    for (Point* plugin : tier) {
      if (ask(*plugin)) return true;
    }
  }
  return false;
}

/// The first plugin that answers something (an optional, a string) decides.
template <class Point, class Ask>
auto first_objection(const Tiers<Point>& tiers, Ask&& ask) -> decltype(ask(*tiers.front().front())) {
  for (const auto& tier : tiers) {
    for (Point* plugin : tier) {
      if (auto answer = ask(*plugin)) return answer;
    }
  }
  return {};
}

/// A rejection rejects at once; at the end of the first tier with a permission it is
/// permitted, and later tiers are not asked; when all abstain it passes.
template <class Point, class Ask>
bool vote(const Tiers<Point>& tiers, Ask&& ask) {
  for (const auto& tier : tiers) {
    bool permitted = false;
    for (Point* plugin : tier) {
      const Vote answer = ask(*plugin);
      if (answer == Vote::reject) return false;
      permitted = permitted || answer == Vote::permit;
    }
    if (permitted) return true;
  }
  return true;
}

/// The first tier in which anybody answers decides, and all in it must agree; nobody asked is
/// no.
template <class Point, class Ask>
bool first_tier_agrees(const Tiers<Point>& tiers, Ask&& ask) {
  for (const auto& tier : tiers) {
    if (tier.empty()) continue;
    return std::all_of(tier.begin(), tier.end(), [&](Point* plugin) { return ask(*plugin); });
  }
  return false;
}

/// The first plugin decides alone; null when there is none.
template <class Point>
Point* first_plugin(const Tiers<Point>& tiers) {
  return tiers.empty() ? nullptr : tiers.front().front();
}

/// Everybody is told, in order.
template <class Point, class Tell>
void tell_all(const Tiers<Point>& tiers, Tell&& tell) {
  for (const auto& tier : tiers) {
    for (Point* plugin : tier) tell(*plugin);
  }
}

/// An opinion on victims: nullopt is none, an empty list is "nobody".
using Victims = std::optional<std::vector<TaskId>>;

/// The candidates of `kept` that are also in `allowed`, in the order of `kept`.
std::vector<TaskId> intersection(const std::vector<TaskId>& kept, const std::vector<TaskId>& allowed);

/// Who may be evicted. Protections are intersected over all tiers and final: nothing a later
/// plugin says brings a protected task back. Policies follow the tiers: within a tier the
/// intersection of those with an opinion, and the first tier with a non-empty answer
/// decides. The result is the policies' answer cut by the protections; when no policy has an
/// opinion, what the protections leave, or nothing if there are none either.
///
/// Volcano differs in three ways that are not reproduced: an empty answer falls through to
/// the next tier, an empty intersection is refilled by the next plugin, and a protection in
/// a later tier than the deciding one is not asked.
///
/// `ask(plugin, candidates)` answers Victims; `role(plugin)` its VictimRole. Each plugin is
/// asked about all candidates.
template <class Point, class Ask, class Role>
std::vector<TaskId> protected_victims(const Tiers<Point>& tiers, std::span<const TaskId> candidates, Ask&& ask,
                                      Role&& role) {
  Victims guarded;  // what protections leave
  Victims chosen;   // what the deciding tier of policies wants
  for (const auto& tier : tiers) {
    Victims opinion;
    for (Point* plugin : tier) {
      const bool is_protection = role(*plugin) == VictimRole::protection;
      if (!is_protection && chosen && !chosen->empty()) continue;  // an earlier tier has decided
      Victims answer = ask(*plugin, candidates);
      if (!answer) continue;
      Victims& into = is_protection ? guarded : opinion;
      into = into ? intersection(*into, *answer) : std::move(*answer);
    }
    if (opinion && (!chosen || chosen->empty())) chosen = std::move(opinion);
  }
  if (!chosen) return guarded.value_or(std::vector<TaskId>{});
  return guarded ? intersection(*chosen, *guarded) : std::move(*chosen);
}

/// The same under Volcano's rule, for installations that depend on it: within a tier an empty
/// answer leaves the tier, an empty intersection starts afresh with the next plugin, and the
/// first tier that ends with victims decides. Roles mean nothing.
template <class Point, class Ask>
std::vector<TaskId> fall_through_victims(const Tiers<Point>& tiers, std::span<const TaskId> candidates, Ask&& ask) {
  for (const auto& tier : tiers) {
    std::vector<TaskId> victims;
    bool set = false;
    for (Point* plugin : tier) {
      Victims answer = ask(*plugin, candidates);
      if (!answer) continue;
      if (answer->empty()) {
        set = false;
        break;
      }
      victims = set ? intersection(victims, *answer) : std::move(*answer);
      set = !victims.empty();
    }
    if (set) return victims;
  }
  return {};
}

/// Whom the plugins of the first tier that names anybody name, in the order of `asked` and each
/// once. Names that were not asked about do not count.
template <class Point, class Ask>
std::vector<TaskId> first_tier_together(const Tiers<Point>& tiers, const std::vector<TaskId>& asked, Ask&& ask) {
  for (const auto& tier : tiers) {
    std::vector<TaskId> named;
    for (Point* plugin : tier) {
      const std::vector<TaskId> answer = ask(*plugin);
      named.insert(named.end(), answer.begin(), answer.end());
    }
    std::vector<TaskId> together = intersection(asked, named);
    if (!together.empty()) return together;
  }
  return {};
}

}  // namespace laws
}  // namespace basalt
