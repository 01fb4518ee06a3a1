#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "basalt/base/clock.hpp"

namespace basalt::embedded {

/// meta/v1 Time: UTC, whole seconds: "2026-01-02T03:04:05Z".
std::string format_time(WallTime time);

/// Reads what format_time writes, also with decimals (MicroTime). Empty when it is something else.
std::optional<WallTime> parse_time(std::string_view text);

/// A duration as kubectl prints ages: "5s", "3m20s", "2d3h", "<invalid>" when negative.
std::string format_age(std::chrono::microseconds age);

}  // namespace basalt::embedded
