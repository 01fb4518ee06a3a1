#pragma once

#include <string>
#include <string_view>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"

namespace basalt::adapter {

/// meta/v1 Time: UTC, whole seconds (cut, not rounded): "2026-01-02T03:04:05Z".
/// REQUIRES: a year from 0 to 9999.
std::string format_time(WallTime time);

/// Reads RFC 3339: any number of decimals (cut to microseconds), "Z" or an offset. Fails with `invalid`, quoting the
/// text, when it is not that, or not a day of the calendar. A leap second counts as the second after it.
Result<WallTime> parse_time(std::string_view text);

/// The earliest and latest moment that RFC 3339 can name (years 0 and 9999), in seconds since 1970.
inline constexpr std::int64_t kEarliestSecond = -62'167'219'200;
inline constexpr std::int64_t kLatestSecond = 253'402'300'799;

}  // namespace basalt::adapter
