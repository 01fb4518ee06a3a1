#include "adapter/rfc3339.hpp"

#include <gtest/gtest.h>

namespace basalt::adapter {
namespace {

WallTime at(std::int64_t microseconds) { return WallTime(std::chrono::microseconds(microseconds)); }

TEST(Rfc3339, FormatsWholeSecondsOfUtc) {
  EXPECT_EQ("1970-01-01T00:00:00Z", format_time(at(0)));
  EXPECT_EQ("2026-01-02T03:04:05Z", format_time(at(1'767'323'045'999'999)));
  EXPECT_EQ("1969-12-31T23:59:59Z", format_time(at(-1)));
  EXPECT_EQ("9999-12-31T23:59:59Z", format_time(WallTime(std::chrono::seconds(kLatestSecond))));
  EXPECT_EQ("0000-01-01T00:00:00Z", format_time(WallTime(std::chrono::seconds(kEarliestSecond))));
}

TEST(Rfc3339, ReadsWhatTheApiServerWrites) {
  EXPECT_EQ(at(1'767'323'045'000'000), parse_time("2026-01-02T03:04:05Z").value());
  EXPECT_EQ(at(1'767'323'045'123'456), parse_time("2026-01-02T03:04:05.123456Z").value());
  EXPECT_EQ(at(1'767'323'045'123'456), parse_time("2026-01-02T03:04:05.123456789Z").value());
  EXPECT_EQ(at(1'767'323'045'500'000), parse_time("2026-01-02T03:04:05.5Z").value());
  EXPECT_EQ(at(1'767'323'045'000'000), parse_time("2026-01-02T05:04:05+02:00").value());
  EXPECT_EQ(at(1'767'323'045'000'000), parse_time("2026-01-01T21:34:05-05:30").value());
}

TEST(Rfc3339, ReadsBackWhatItFormats) {
  for (std::int64_t second = kEarliestSecond; second <= kLatestSecond; second += 86'399 * 365) {
    const WallTime time{std::chrono::seconds(second)};
    EXPECT_EQ(time, parse_time(format_time(time)).value());
  }
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:61Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+1:00", "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05Zx", "-026-01-02T03:04:05Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace basalt::adapter
