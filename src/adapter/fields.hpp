#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/reading.hpp"
#include "basalt/model/objects.hpp"
#include "basalt/model/pod_request.hpp"
#include "basalt/model/quantity.hpp"
#include "basalt/model/resources.hpp"

/// The fields of a message as values, for both encodings at once:
///
///     template <class In>
///     void read_taint(const In& in, TaintText& taint) {
///       in.read(text(1, "key", taint.key), text(2, "value", taint.value),
///               one_of(3, "effect", taint.effect, kTaintEffects));
///     }
///
/// `In` is ProtobufMessage or JsonMessage. A field is a protobuf number, a JSON name, what is done with each value, and
/// what is done when the message ends. Number 0 and the empty name exist in one encoding only. The outputs are
/// references: they must outlive the read.
namespace basalt::adapter {

inline constexpr std::uint32_t kJsonOnly = 0;

struct Nothing {
  void operator()() const {}
};

template <class Take, class Done = Nothing>
struct Field {
  std::uint32_t number;
  std::string_view name;
  Take take;
  Done done{};
};
template <class Take>
Field(std::uint32_t, std::string_view, Take) -> Field<Take>;
template <class Take, class Done>
Field(std::uint32_t, std::string_view, Take, Done) -> Field<Take, Done>;

/// A string that is kept.
inline auto text(std::uint32_t number, std::string_view name, std::string& out) {
  return Field{number, name, [&out](const auto& value) { out = value.text(); }};
}
inline auto text(std::uint32_t number, std::string_view name, std::optional<std::string>& out) {
  return Field{number, name, [&out](const auto& value) { out = std::string(value.text()); }};
}
/// A string that is looked at while the bytes live.
inline auto view(std::uint32_t number, std::string_view name, std::string_view& out) {
  return Field{number, name, [&out](const auto& value) { out = value.text(); }};
}
inline auto texts(std::uint32_t number, std::string_view name, std::vector<std::string>& out) {
  return Field{number, name, [&out, seen = std::int64_t{0}](const auto& value) mutable {
                 value.elements(seen, [&](const auto& element) { out.emplace_back(element.text()); });
               }};
}
inline auto flag(std::uint32_t number, std::string_view name, bool& out) {
  return Field{number, name, [&out](const auto& value) { out = value.boolean(); }};
}
inline auto integer(std::uint32_t number, std::string_view name, std::int32_t& out) {
  return Field{number, name, [&out](const auto& value) { out = value.int32(); }};
}
inline auto integer(std::uint32_t number, std::string_view name, std::optional<std::int32_t>& out) {
  return Field{number, name, [&out](const auto& value) { out = value.int32(); }};
}
inline auto time(std::uint32_t number, std::string_view name, WallTime& out) {
  return Field{number, name, [&out](const auto& value) { out = value.time(); }};
}
inline auto time(std::uint32_t number, std::string_view name, std::optional<WallTime>& out) {
  return Field{number, name, [&out](const auto& value) { out = value.time(); }};
}

/// A sub-message: `visit(In)`.
template <class Visit>
auto message(std::uint32_t number, std::string_view name, Visit visit) {
  return Field{number, name, [visit](const auto& value) { visit(value.message()); }};
}
/// A list of messages: `visit(In)` for each.
template <class Visit>
auto each(std::uint32_t number, std::string_view name, Visit visit) {
  return Field{number, name, [visit, seen = std::int64_t{0}](const auto& value) mutable {
                 value.elements(seen, [&](const auto& element) { visit(element.message()); });
               }};
}

/// Sorts by key, and keeps the last of those with equal keys, as a map would.
template <class Entry, class Key>
void sort_by_key(std::vector<Entry>& entries, Key key) {
  const auto before = [key](const Entry& a, const Entry& b) { return key(a) < key(b); };
  const auto not_before = [key](const Entry& a, const Entry& b) { return !(key(a) < key(b)); };
  if (std::adjacent_find(entries.begin(), entries.end(), not_before) == entries.end()) return;
  std::stable_sort(entries.begin(), entries.end(), before);
  const auto same = [key](const Entry& a, const Entry& b) { return key(a) == key(b); };
  const auto kept = std::unique(entries.rbegin(), entries.rend(), same).base();
  entries.erase(entries.begin(), kept);
}

/// A map of strings, of which those are kept whose key `wanted(key)` likes; sorted, each key once.
template <std::predicate<std::string_view> Wanted>
auto pairs(std::uint32_t number, std::string_view name, StringPairs& out, Wanted wanted) {
  const auto take = [&out, wanted](const auto& value) {
    value.entries([&](std::string_view key, const auto& entry) {
      if (wanted(key)) out.emplace_back(key, entry.text());
    });
  };
  const auto done = [&out] { sort_by_key(out, [](const auto& pair) -> const std::string& { return pair.first; }); };
  return Field{number, name, take, done};
}
inline auto pairs(std::uint32_t number, std::string_view name, StringPairs& out) {
  return pairs(number, name, out, [](std::string_view) { return true; });
}

/// Entries that a resource list can have: far beyond any real one; bounds the work that one object can cause.
inline constexpr std::size_t kMostAmounts = 256;

/// Adds one entry of a resource list, if it is of a kind that a node can be short of. Objects to an amount that is no
/// quantity, negative, or above `limit`.
template <class Value>
void add_amount(const Value& value, std::string_view resource, std::int64_t limit, NamedAmounts& out) {
  if (!is_node_resource(resource)) return;
  if (out.size() == kMostAmounts) {
    value.reading().object("expected at most " + std::to_string(kMostAmounts) + " kinds of resources");
    return;
  }
  auto amount = parse_amount(resource, value.quantity(), limit);
  if (amount) {
    out.push_back(std::move(*amount));
  } else {
    value.reading().object(amount.error().message);
  }
}

inline void sort_amounts(NamedAmounts& list) {
  sort_by_key(list, [](const NamedAmount& named) -> const std::string& { return named.name; });
}

/// Adds one entry of a list with the keys of quotas. Keys of what scheduling does not make are left out; amounts beyond
/// any that a group can state count as the largest that can be.
template <class Value>
void add_quota_amount(const Value& value, std::string_view key, NamedAmounts& out) {
  if (!is_quota_key(key)) return;
  if (out.size() == kMostAmounts) {
    value.reading().object("expected at most " + std::to_string(kMostAmounts) + " keys");
    return;
  }
  const auto amount = parse_quantity(value.quantity(), quota_unit(key));
  if (!amount) {
    value.reading().object(amount.error().message);
  } else if (*amount < 0) {
    value.reading().object("expected an amount that is not negative");
  } else {
    out.push_back({std::string(key), std::min(*amount, Resources::kMaxStatedAmount)});
  }
}

/// A resource list: see `add_amount`; sorted, each kind once.
inline auto amounts(std::uint32_t number, std::string_view name, NamedAmounts& out, std::int64_t limit) {
  const auto take = [&out, limit](const auto& value) {
    value.entries([&](std::string_view resource, const auto& entry) { add_amount(entry, resource, limit, out); });
  };
  return Field{number, name, take, [&out] { sort_amounts(out); }};
}
/// The same where an absent list differs from an empty one.
inline auto amounts(std::uint32_t number, std::string_view name, std::optional<NamedAmounts>& out, std::int64_t limit) {
  const auto take = [&out, limit](const auto& value) {
    if (!out) out.emplace();
    value.entries([&](std::string_view resource, const auto& entry) { add_amount(entry, resource, limit, *out); });
  };
  return Field{number, name, take, [&out] {
                 if (out) sort_amounts(*out);
               }};
}

/// Objects unless `value` is among `allowed`.
void expect_one_of(std::string_view value, std::span<const std::string_view> allowed, Reading& reading);

/// An enum as text. Objects to values that are not among `allowed`; the empty string, which the API takes for the
/// default, has to be listed to be allowed.
inline auto one_of(std::uint32_t number, std::string_view name, std::string& out,
                   std::span<const std::string_view> allowed) {
  return Field{number, name, [&out, allowed](const auto& value) {
                 out = value.text();
                 expect_one_of(out, allowed, value.reading());
               }};
}

/// An integer that has to be from `least` to `most`; objects to others.
inline auto integer_within(std::uint32_t number, std::string_view name, std::int32_t& out, std::int32_t least,
                           std::int32_t most) {
  return Field{number, name, [&out, least, most](const auto& value) {
                 out = value.int32();
                 if (out >= least && out <= most) return;
                 value.reading().object("expected " + std::to_string(least) + " to " + std::to_string(most) + ", got " +
                                        std::to_string(out));
               }};
}

}  // namespace basalt::adapter
