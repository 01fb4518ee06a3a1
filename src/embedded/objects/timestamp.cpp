#include "embedded/objects/timestamp.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace basalt::embedded {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// The number that stands at [from, from + size); -1 when something else does.
int number_in(std::string_view text, std::size_t from, std::size_t size) {
  if (text.size() < from + size) return -1;
  int number = 0;
  const char* end = text.data() + from + size;
  const auto [stopped, failure] = std::from_chars(text.data() + from, end, number);
  return failure == std::errc{} && stopped == end ? number : -1;
}

// "3m20s", or "3m" when the smaller unit is zero.
std::string two_units(long long big, const char* big_unit, long long small, const char* small_unit) {
  std::string text = std::to_string(big) + big_unit;
  if (small != 0) text += std::to_string(small) + small_unit;
  return text;
}

}  // namespace

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time) - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                                 static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<WallTime> parse_time(std::string_view text) {
  if (text.size() < 20 || text.back() != 'Z' || text[10] != 'T') return std::nullopt;
  const int year_number = number_in(text, 0, 4);
  const int month_number = number_in(text, 5, 2);
  const int day_number = number_in(text, 8, 2);
  const int hour = number_in(text, 11, 2);
  const int minute = number_in(text, 14, 2);
  const int second = number_in(text, 17, 2);
  if (year_number < 0 || month_number < 0 || day_number < 0 || hour < 0 || minute < 0 || second < 0)
    return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year_number),
                                         std::chrono::month(static_cast<unsigned>(month_number)),
                                         std::chrono::day(static_cast<unsigned>(day_number)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  WallTime time =
      std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
  if (text[19] == '.') {
    long long scale = 100'000;
    for (std::size_t at = 20; at + 1 < text.size(); ++at, scale /= 10) {
      if (text[at] < '0' || text[at] > '9') return std::nullopt;
      time += std::chrono::microseconds((text[at] - '0') * scale);
    }
  }
  return time;
}

std::string format_age(std::chrono::microseconds age) {
  const long long total = std::chrono::duration_cast<seconds>(age).count();
  if (total < -1) return "<invalid>";
  if (total <= 0) return "0s";
  if (total < 120) return std::to_string(total) + "s";
  const long long in_minutes = total / 60;
  if (in_minutes < 10) return two_units(in_minutes, "m", total % 60, "s");
  if (in_minutes < 180) return std::to_string(in_minutes) + "m";
  const long long in_hours = in_minutes / 60;
  if (in_hours < 8) return two_units(in_hours, "h", in_minutes % 60, "m");
  if (in_hours < 48) return std::to_string(in_hours) + "h";
  const long long in_days = in_hours / 24;
  if (in_days < 8) return two_units(in_days, "d", in_hours % 24, "h");
  if (in_days < 730) return std::to_string(in_days) + "d";
  const long long in_years = in_days / 365;
  if (in_years < 8) return two_units(in_years, "y", in_days % 365, "d");
  return std::to_string(in_years) + "y";
}

}  // namespace basalt::embedded
