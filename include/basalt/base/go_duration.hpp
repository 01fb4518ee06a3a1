#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/result.hpp"

/// Durations as Go's `time.ParseDuration` and `Duration.String` read and write them: what
/// Kubernetes' configuration files and annotations contain.
namespace basalt {

namespace go_duration_detail {

struct DurationUnit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
inline constexpr std::array<DurationUnit, 8> kUnits = {{{"ns", 1},
                                                        {"us", 1'000},
                                                        {"\u00b5s", 1'000},  // the micro sign
                                                        {"\u03bcs", 1'000},  // the Greek letter mu
                                                        {"ms", 1'000'000},
                                                        {"s", 1'000'000'000},
                                                        {"m", 60'000'000'000},
                                                        {"h", 3'600'000'000'000}}};

/// Largest magnitude: of the most negative duration.
inline constexpr std::uint64_t kMostNanoseconds = std::uint64_t{1} << 63U;

/// Removes and returns the characters a text begins with while they are (or are not) digits or points.
inline std::string_view take(std::string_view& text, bool numeric) {
  std::size_t length = 0;
  while (length < text.size() && (text[length] == '.' || (text[length] >= '0' && text[length] <= '9')) == numeric) {
    ++length;
  }
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

/// A number ("1", "1.5", ".5", "1.") times a unit, what is finer than a nanosecond cut off.
/// Nothing when that is more than any duration.
inline std::optional<std::uint64_t> multiply(std::string_view number, std::uint64_t unit) {
  const std::size_t point = std::min(number.find('.'), number.size());
  std::uint64_t total = 0;
  for (const char digit : number.substr(0, point)) {
    if (total > kMostNanoseconds / 10) return std::nullopt;
    total = total * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (total > kMostNanoseconds / unit) return std::nullopt;
  total *= unit;
  // From the last digit to the first, each a tenth of what stands before it: exact, however many there are.
  std::uint64_t fraction = 0;
  for (std::size_t place = number.size(); place > point + 1; --place) {
    fraction = (static_cast<std::uint64_t>(number[place - 1] - '0') * unit + fraction) / 10;
  }
  return total + fraction;
}

/// "1500000000" nanoseconds at 9 decimals: "1.5". No zeros at the end.
inline std::string with_decimals(std::uint64_t value, int decimals) {
  std::string fraction;
  for (int place = 0; place < decimals; ++place) {
    const auto digit = static_cast<char>('0' + value % 10);
    value /= 10;
    if (digit != '0' || !fraction.empty()) fraction.insert(fraction.begin(), digit);
  }
  return fraction.empty() ? std::to_string(value) : std::to_string(value) + "." + fraction;
}

}  // namespace go_duration_detail

/// Reads "300ms", "1h30m", "-1.5h", "0". Units are ns, us (also with the micro sign or a mu), ms, s,
/// m and h; a number without a unit is an error, unless it is "0". What is finer than a nanosecond is
/// cut off. Fails, quoting the text, when it is no duration or beyond 292 years.
inline Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text) {
  using namespace go_duration_detail;
  const auto refuse = [text](const std::string& reason) {
    constexpr std::size_t kQuotedCharacters = 64;
    std::string quoted(text.substr(0, kQuotedCharacters));
    if (text.size() > kQuotedCharacters) quoted += "...";
    return Error{ErrorCode::invalid, "duration \"" + quoted + "\": " + reason};
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds(0);
  if (rest.empty()) return refuse("expected numbers with units such as 300ms, 1.5h or 1h30m");

  std::uint64_t total = 0;
  while (!rest.empty()) {
    const std::string_view number = take(rest, true);
    const std::string_view name = take(rest, false);
    const auto points = std::count(number.begin(), number.end(), '.');
    if (points > 1 || number.size() == static_cast<std::size_t>(points)) {
      return refuse("expected numbers with units such as 300ms, 1.5h or 1h30m");
    }
    if (name.empty()) return refuse("expected a unit (ns, us, ms, s, m or h) behind every number");
    const auto* const unit =
        std::find_if(kUnits.begin(), kUnits.end(), [name](const DurationUnit& known) { return known.name == name; });
    if (unit == kUnits.end()) {
      return refuse("unknown unit \"" + std::string(name.substr(0, 16)) + "\", expected ns, us, ms, s, m or h");
    }
    const auto part = multiply(number, unit->nanoseconds);
    if (!part || *part > kMostNanoseconds - total) return refuse("too large, expected at most 292 years");
    total += *part;
  }
  if (total == kMostNanoseconds && !negative) return refuse("too large, expected at most 292 years");
  return std::chrono::nanoseconds(static_cast<std::int64_t>(negative ? 0U - total : total));
}

/// "1h30m0s", "1.5s", "300ms", "0s": what Go prints, and `parse_go_duration` reads back.
inline std::string format_go_duration(std::chrono::nanoseconds duration) {
  using namespace go_duration_detail;
  constexpr std::uint64_t kMinute = 60'000'000'000;
  if (duration.count() == 0) return "0s";
  const bool negative = duration.count() < 0;
  const auto bits = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t total = negative ? 0U - bits : bits;
  const std::string sign = negative ? "-" : "";
  if (total < 1'000) return sign + std::to_string(total) + "ns";
  if (total < 1'000'000) return sign + with_decimals(total, 3) + "\u00b5s";
  if (total < 1'000'000'000) return sign + with_decimals(total, 6) + "ms";
  const std::uint64_t minutes = total / kMinute;
  std::string result = sign;
  if (minutes >= 60) result += std::to_string(minutes / 60) + "h";
  if (minutes > 0) result += std::to_string(minutes % 60) + "m";
  return result + with_decimals(total % kMinute, 9) + "s";
}

}  // namespace basalt
