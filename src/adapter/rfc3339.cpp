#include "adapter/rfc3339.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace basalt::adapter {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads a text from its beginning; once something was not there, `failed` stays set.
struct Scanner {
  std::string_view rest;
  bool failed = false;

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest.size() || rest[i] < '0' || rest[i] > '9') {
        failed = true;
        return 0;
      }
      number = number * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return number;
  }
  void skip(char upper, char lower) {
    if (!take(upper) && !take(lower)) failed = true;
  }
  bool take(char wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// Decimals after the point, at least one, cut to microseconds.
  microseconds fraction() {
    std::int64_t number = 0;
    std::int64_t scale = 100'000;
    const std::size_t before = rest.size();
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
      number += scale * (rest[0] - '0');
      scale /= 10;
      rest.remove_prefix(1);
    }
    if (rest.size() == before) failed = true;
    return microseconds(number);
  }
  /// "Z" or "+hh:mm": what to subtract for UTC.
  minutes offset() {
    if (take('Z') || take('z')) return minutes(0);
    const bool behind = take('-');
    if (!behind) skip('+', '+');
    const int hour = digits(2);
    skip(':', ':');
    const int minute = digits(2);
    if (hour > 23 || minute > 59) failed = true;
    const minutes ahead = hours(hour) + minutes(minute);
    return behind ? -ahead : ahead;
  }
};

std::optional<WallTime> scan_time(std::string_view text) {
  Scanner scan{text};
  const int year = scan.digits(4);
  scan.skip('-', '-');
  const int month = scan.digits(2);
  scan.skip('-', '-');
  const int day = scan.digits(2);
  scan.skip('T', 't');
  const int hour = scan.digits(2);
  scan.skip(':', ':');
  const int minute = scan.digits(2);
  scan.skip(':', ':');
  const int second = scan.digits(2);
  const microseconds fraction = scan.take('.') ? scan.fraction() : microseconds(0);
  const minutes offset = scan.offset();
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (scan.failed || !scan.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + hours(hour) + minutes(minute) - offset + seconds(second) + fraction;
}

}  // namespace

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
  std::array<char, 32> buffer;
  const int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

Result<WallTime> parse_time(std::string_view text) {
  if (const auto time = scan_time(text)) return *time;
  return Error{ErrorCode::invalid,
               "time \"" + std::string(text.substr(0, 64)) + "\": expected RFC 3339, as in 2026-01-02T03:04:05Z"};
}

}  // namespace basalt::adapter
