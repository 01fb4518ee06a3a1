#include "basalt/base/go_duration.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace basalt {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kMicrosecond(1'000);
constexpr nanoseconds kMillisecond(1'000'000);
constexpr nanoseconds kSecond(1'000'000'000);
constexpr nanoseconds kMinute = 60 * kSecond;
constexpr nanoseconds kHour = 60 * kMinute;

TEST(GoDuration, IsReadAsGoReadsIt) {
  struct Case {
    std::string text;
    nanoseconds want;
  };
  const std::vector<Case> cases = {
      {"0", nanoseconds(0)},
      {"+0", nanoseconds(0)},
      {"-0", nanoseconds(0)},
      {"0s", nanoseconds(0)},
      {"5s", 5 * kSecond},
      {"+5s", 5 * kSecond},
      {"-5s", -5 * kSecond},
      {"1478s", 1478 * kSecond},
      {"300ms", 300 * kMillisecond},
      {"5.0s", 5 * kSecond},
      {"5.6s", 5600 * kMillisecond},
      {"5.s", 5 * kSecond},
      {".5s", 500 * kMillisecond},
      {"1.0040s", 1004 * kMillisecond},
      {"10ns", nanoseconds(10)},
      {"11us", 11 * kMicrosecond},
      {"12\u00b5s", 12 * kMicrosecond},
      {"12\u03bcs", 12 * kMicrosecond},
      {"14s", 14 * kSecond},
      {"15m", 15 * kMinute},
      {"16h", 16 * kHour},
      {"1h30m", kHour + 30 * kMinute},
      {"-1.5h", -(kHour + 30 * kMinute)},
      {"10.5s4m", 4 * kMinute + 10500 * kMillisecond},
      {"-2m3.4s", -(2 * kMinute + 3400 * kMillisecond)},
      {"1h2m3s4ms5us6ns", kHour + 2 * kMinute + 3 * kSecond + 4 * kMillisecond + 5 * kMicrosecond + nanoseconds(6)},
      {"2562047h47m16.854775807s", nanoseconds::max()},
      {"-2562047h47m16.854775808s", nanoseconds::min()},
      {"9223372036854775807ns", nanoseconds::max()},
      {"-9223372036854775808ns", nanoseconds::min()},
      {"0.3333333333333333333h", nanoseconds(1'199'999'999'999)},  // what is finer is cut off
      {"0.9ns", nanoseconds(0)},
      {"0.100000000000000000000h", 6 * kMinute},
      {"00000000000000000000000000001s", kSecond},
  };
  for (const Case& each : cases) {
    const auto parsed = parse_go_duration(each.text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(each.want.count(), parsed->count()) << each.text;
  }
}

TEST(GoDuration, ThatIsNoneIsRefusedWithTheReason) {
  struct Case {
    std::string text, want;
  };
  const std::vector<Case> cases = {
      {"", "duration \"\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"-", "duration \"-\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"s", "duration \"s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {".", "duration \".\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {".s", "duration \".s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"+.s", "duration \"+.s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"1.2.3s", "duration \"1.2.3s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {" 1s", "duration \" 1s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"--1s", "duration \"--1s\": expected numbers with units such as 300ms, 1.5h or 1h30m"},
      {"3", "duration \"3\": expected a unit (ns, us, ms, s, m or h) behind every number"},
      {"1h30", "duration \"1h30\": expected a unit (ns, us, ms, s, m or h) behind every number"},
      {"00", "duration \"00\": expected a unit (ns, us, ms, s, m or h) behind every number"},
      {"1d", "duration \"1d\": unknown unit \"d\", expected ns, us, ms, s, m or h"},
      {"1S", "duration \"1S\": unknown unit \"S\", expected ns, us, ms, s, m or h"},
      {"1h-30m", "duration \"1h-30m\": unknown unit \"h-\", expected ns, us, ms, s, m or h"},
      {"1s ", "duration \"1s \": unknown unit \"s \", expected ns, us, ms, s, m or h"},
      {"9223372036854775808ns", "duration \"9223372036854775808ns\": too large, expected at most 292 years"},
      {"-9223372036854775809ns", "duration \"-9223372036854775809ns\": too large, expected at most 292 years"},
      {"9223372036854775807ns1ns", "duration \"9223372036854775807ns1ns\": too large, expected at most 292 years"},
      {"2562048h", "duration \"2562048h\": too large, expected at most 292 years"},
  };
  for (const Case& each : cases) {
    const auto parsed = parse_go_duration(each.text);
    ASSERT_FALSE(parsed) << each.text;
    EXPECT_EQ((Error{ErrorCode::invalid, each.want}), parsed.error());
  }
}

TEST(GoDuration, OfManyDigitsIsReadWithoutOverflow) {
  const std::string digits(100'000, '9');
  EXPECT_FALSE(parse_go_duration(digits + "h"));
  EXPECT_EQ(kHour.count() - 1, parse_go_duration("0." + digits + "h")->count());
  EXPECT_LT(parse_go_duration(digits).error().message.size(), 200U);
}

TEST(GoDuration, IsPrintedAsGoPrintsIt) {
  struct Case {
    nanoseconds duration;
    std::string want;
  };
  const std::vector<Case> cases = {
      {nanoseconds(0), "0s"},
      {nanoseconds(1), "1ns"},
      {nanoseconds(1100), "1.1\u00b5s"},
      {2200 * kMicrosecond, "2.2ms"},
      {300 * kMillisecond, "300ms"},
      {3300 * kMillisecond, "3.3s"},
      {kMinute, "1m0s"},
      {4 * kMinute + 5 * kSecond, "4m5s"},
      {4 * kMinute + 5001 * kMillisecond, "4m5.001s"},
      {kHour, "1h0m0s"},
      {kHour + 30 * kMinute, "1h30m0s"},
      {5 * kHour + 6 * kMinute + 7001 * kMillisecond, "5h6m7.001s"},
      {8 * kMinute + nanoseconds(1), "8m0.000000001s"},
      {-(kHour + 30 * kMinute), "-1h30m0s"},
      {nanoseconds(-1), "-1ns"},
      {nanoseconds::max(), "2562047h47m16.854775807s"},
      {nanoseconds::min(), "-2562047h47m16.854775808s"},
  };
  for (const Case& each : cases) EXPECT_EQ(each.want, format_go_duration(each.duration));
}

TEST(GoDuration, ReadsBackWhatItPrints) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int step = 0; step < 2000; ++step) {
      const nanoseconds duration(static_cast<std::int64_t>(random()) >> (random() % 64));
      const std::string text = format_go_duration(duration);
      const auto parsed = parse_go_duration(text);
      ASSERT_TRUE(parsed) << parsed.error().message;
      ASSERT_EQ(duration.count(), parsed->count()) << text;
    }
  }
}

TEST(GoDuration, OfRandomTextNeverCrashes) {
  constexpr std::string_view kAlphabet = "0123456789.+-nums h\xc2\xb5\xce\xbc";
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int step = 0; step < 5000; ++step) {
      std::string text;
      for (std::uint64_t length = random() % 24; length > 0; --length) text += kAlphabet[random() % kAlphabet.size()];
      const auto parsed = parse_go_duration(text);
      if (parsed) {
        ASSERT_EQ(parsed->count(), parse_go_duration(format_go_duration(*parsed))->count()) << text;
      }
    }
  }
}

}  // namespace
}  // namespace basalt
