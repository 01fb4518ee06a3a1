#include "basalt/model/quantity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace basalt {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

struct Case {
  std::string text;
  std::int64_t want;
};

void expect_parsed(const std::vector<Case>& cases, Unit unit) {
  for (const Case& each : cases) {
    const auto parsed = parse_quantity(each.text, unit);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(each.want, *parsed) << each.text;
  }
}

TEST(Quantity, ReadsSignsAndDecimals) {
  expect_parsed({{"0", 0},        {"00", 0},         {"-0", 0},
                 {"+0", 0},       {"0.0", 0},        {"0.", 0},
                 {".0", 0},       {"1", 1000},       {"+1", 1000},
                 {"-1", -1000},   {"1.", 1000},      {".5", 500},
                 {"-.5", -500},   {"+.5", 500},      {"1.5", 1500},
                 {"01.50", 1500}, {"0.001", 1},      {"-0.001", -1},
                 {"007", 7000},   {"12.345", 12345}, {"1.000000000000000000000000000000", 1000}},
                Unit::milli);
}

TEST(Quantity, ReadsEverySuffix) {
  expect_parsed({{"1000000000n", 1},
                 {"1000000u", 1},
                 {"1000m", 1},
                 {"1", 1},
                 {"1k", 1'000},
                 {"1M", 1'000'000},
                 {"1G", 1'000'000'000},
                 {"1T", 1'000'000'000'000},
                 {"1P", 1'000'000'000'000'000},
                 {"1E", 1'000'000'000'000'000'000},
                 {"1Ki", std::int64_t{1} << 10},
                 {"1Mi", std::int64_t{1} << 20},
                 {"1Gi", std::int64_t{1} << 30},
                 {"1Ti", std::int64_t{1} << 40},
                 {"1Pi", std::int64_t{1} << 50},
                 {"1Ei", std::int64_t{1} << 60},
                 {"1.5Gi", std::int64_t{3} << 29},
                 {"-2Ki", -2048},
                 {"1.G", 1'000'000'000},
                 {"0.5Ki", 512}},
                Unit::whole);
  expect_parsed({{"1000000n", 1}, {"1000u", 1}, {"1m", 1}, {"1", 1000}, {"2k", 2'000'000}, {"1Ki", 1'024'000}},
                Unit::milli);
}

TEST(Quantity, ReadsDecimalExponents) {
  expect_parsed({{"1e3", 1000},
                 {"1E3", 1000},
                 {"3e2", 300},
                 {"1.5e3", 1500},
                 {"1e+3", 1000},
                 {"1E+3", 1000},
                 {"1000e-3", 1},
                 {"1000E-3", 1},
                 {"1e0", 1},
                 {"1e00000000000000000000002", 100},
                 {"-1e3", -1000},
                 {".5e1", 5}},
                Unit::whole);
  expect_parsed({{"1e-3", 1}, {"1e3", 1'000'000}}, Unit::milli);
}

TEST(Quantity, TellsTheSuffixForExaFromAnExponent) {
  expect_parsed({{"1E", 1'000'000'000'000'000'000}, {"1E1", 10}, {"1Ei", std::int64_t{1} << 60}, {"2e0", 2}},
                Unit::whole);
  for (const char* text : {"1e", "1e+", "1E+", "1E-", "1eE", "1EE", "1e3E", "1e3m", "1e1.5", "1ei", "1E1i"}) {
    EXPECT_FALSE(parse_quantity(text, Unit::whole)) << text;
  }
}

TEST(Quantity, RoundsUpToTheUnit) {
  expect_parsed({{"1n", 1},
                 {"1u", 1},
                 {"0.1m", 1},
                 {"1.1m", 2},
                 {"1.0001", 1001},
                 {"100.5m", 101},
                 {"1e-30", 1},
                 {"1e-999", 1},
                 {"0.0000000000000001", 1},
                 {"999.999999m", 1000},
                 {"0.0001Ki", 103}},  // 102.4 thousandths
                Unit::milli);
  expect_parsed({{"100m", 1}, {"1.5", 2}, {"1.0", 1}, {"0.0001Ki", 1}, {"1.1Ki", 1127}, {"1500m", 2}}, Unit::whole);
}

TEST(Quantity, BelowZeroIsRoundedAwayFromZero) {
  expect_parsed({{"-0.1m", -1}, {"-1.1m", -2}, {"-1e-30", -1}, {"-1n", -1}, {"-5m", -5}}, Unit::milli);
  expect_parsed({{"-100m", -1}, {"-1.5", -2}, {"-1.0", -1}}, Unit::whole);
}

TEST(Quantity, FitsUpToTheEndsOfTheRange) {
  expect_parsed({{"9223372036854775807", kMost},
                 {"-9223372036854775808", kLeast},
                 {"9223372036854775806.5", kMost},
                 {"-8Ei", kLeast},
                 {"7.99Ei", 9211842821808707339},
                 {"9.223372036854775807E", kMost},
                 {"9.2233720368547758069999e18", kMost}},
                Unit::whole);
  expect_parsed({{"9223372036854775807m", kMost}, {"-9223372036854775808m", kLeast}, {"9223372036854775.807", kMost}},
                Unit::milli);
}

TEST(Quantity, BeyondSixtyThreeBitsIsRefusedWithTheBound) {
  for (const char* text :
       {"9223372036854775808", "-9223372036854775809", "9223372036854775807.1", "8Ei", "10E", "9.3e18", "1e19",
        "1e999999999999999999999", "99999999999999999999999999999999999999Ei", "-10E", "18446744073709551617"}) {
    const auto parsed = parse_quantity(text, Unit::whole);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(
        (Error{ErrorCode::invalid, "quantity \"" + std::string(text) + "\": too large, expected less than 2^63 (8Ei)"}),
        parsed.error());
  }
  const auto parsed = parse_quantity("9.3P", Unit::milli);
  ASSERT_FALSE(parsed);
  EXPECT_EQ("quantity \"9.3P\": too large, expected thousandths below 2^63 (about 9.2P)", parsed.error().message);
}

TEST(Quantity, ThatIsNoneIsRefusedWithAnExample) {
  for (const char* text :
       {"",    "abc",   "+",     "-",    ".",     "+.",    "m",     "Ki",       "e3",       ".e3", " 1",
        "1 ",  "1 Gi",  "1.1.1", "1..2", "--1",   "+-1",   "1-",    "1+1",      "1i",       "1mi", "1ki",
        "1K",  "1KI",   "1Kib",  "1Gii", "1b",    "1GB",   "1g",    "1t",       "1mm",      "1km", "0x10",
        "1,5", "1_000", "inf",   "NaN",  "1e3e3", "1e--3", "1e+-3", "\xc2\xb5", "1\xc2\xb5"}) {
    const auto parsed = parse_quantity(text, Unit::milli);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(
        (Error{ErrorCode::invalid, "quantity \"" + std::string(text) +
                                       "\": expected a number with an optional suffix such as m, k, Ki, Gi or e3"}),
        parsed.error());
  }
}

TEST(Quantity, WithZeroBytesIsRefused) {
  EXPECT_FALSE(parse_quantity(std::string_view("1\0", 2), Unit::whole));
  EXPECT_FALSE(parse_quantity(std::string_view("\0", 1), Unit::whole));
}

TEST(Quantity, OfManyDigitsIsReadExactlyAndQuotedShortly) {
  const std::string zeros(100'000, '0');
  EXPECT_EQ(1, *parse_quantity(zeros + "1", Unit::whole));
  EXPECT_EQ(7, *parse_quantity("7." + zeros, Unit::whole));
  EXPECT_EQ(8, *parse_quantity("7." + zeros + "1", Unit::whole));
  EXPECT_EQ(1025, *parse_quantity("1." + zeros + "1Ki", Unit::whole));
  EXPECT_EQ(1, *parse_quantity("1" + zeros + "e-100000", Unit::whole));
  EXPECT_EQ(10, *parse_quantity("0." + zeros + "1e100002", Unit::whole));
  const auto parsed = parse_quantity("1" + zeros, Unit::whole);
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().message.size(), 200U);
}

TEST(Quantity, OfMilliIsPrintedWithTheLargestDecimalSuffix) {
  EXPECT_EQ("0", format_quantity(0, Unit::milli));
  EXPECT_EQ("1m", format_quantity(1, Unit::milli));
  EXPECT_EQ("1500m", format_quantity(1500, Unit::milli));
  EXPECT_EQ("2", format_quantity(2000, Unit::milli));
  EXPECT_EQ("-2", format_quantity(-2000, Unit::milli));
  EXPECT_EQ("1500", format_quantity(1'500'000, Unit::milli));
  EXPECT_EQ("2k", format_quantity(2'000'000, Unit::milli));
  EXPECT_EQ("3P", format_quantity(3'000'000'000'000'000'000, Unit::milli));
  EXPECT_EQ("9223372036854775807m", format_quantity(kMost, Unit::milli));
  EXPECT_EQ("-9223372036854775808m", format_quantity(kLeast, Unit::milli));
}

TEST(Quantity, OfWholeUnitsIsPrintedWithTheLargestBinarySuffix) {
  EXPECT_EQ("0", format_quantity(0, Unit::whole));
  EXPECT_EQ("1000", format_quantity(1000, Unit::whole));
  EXPECT_EQ("1Ki", format_quantity(1024, Unit::whole));
  EXPECT_EQ("1025", format_quantity(1025, Unit::whole));
  EXPECT_EQ("1536Mi", format_quantity(std::int64_t{1536} << 20, Unit::whole));
  EXPECT_EQ("4Gi", format_quantity(std::int64_t{4} << 30, Unit::whole));
  EXPECT_EQ("-4Gi", format_quantity(-(std::int64_t{4} << 30), Unit::whole));
  EXPECT_EQ("4Ei", format_quantity(std::int64_t{4} << 60, Unit::whole));
  EXPECT_EQ("9223372036854775807", format_quantity(kMost, Unit::whole));
  EXPECT_EQ("-8Ei", format_quantity(kLeast, Unit::whole));
}

TEST(Quantity, ReadsBackWhatItPrints) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int step = 0; step < 5000; ++step) {
      std::int64_t amount = static_cast<std::int64_t>(random()) >> (random() % 64);
      if (random() % 2 == 0) amount = amount / 1000 * 1000;
      if (random() % 3 == 0) amount = amount / 1024 * 1024;
      for (const Unit unit : {Unit::milli, Unit::whole}) {
        const std::string text = format_quantity(amount, unit);
        const auto parsed = parse_quantity(text, unit);
        ASSERT_TRUE(parsed) << parsed.error().message;
        ASSERT_EQ(amount, *parsed) << text;
      }
    }
  }
}

// --- a second reader: fractions of 128-bit integers, for numbers that are short enough ---

__extension__ using Wide = __int128;

struct Suffix {
  std::string text;
  int tens;
  int kibis;
};

Wide power(Wide base, int exponent) {
  Wide result = 1;
  while (exponent-- > 0) result *= base;
  return result;
}

/// `mantissa` * 10^-`decimals` with a suffix, in a unit, away from zero. Nothing when too large.
std::optional<std::int64_t> expected_amount(std::int64_t mantissa, int decimals, const Suffix& suffix, Unit unit) {
  const int tens = suffix.tens - decimals + (unit == Unit::milli ? 3 : 0);
  const Wide numerator =
      Wide{mantissa} * power(10, std::max(tens, 0)) * (suffix.kibis > 0 ? power(1024, suffix.kibis) : 1);
  const Wide denominator = power(10, std::max(-tens, 0));
  Wide amount = numerator / denominator;
  if (numerator % denominator != 0) amount += numerator < 0 ? -1 : 1;
  if (amount > kMost || amount < kLeast) return std::nullopt;
  return static_cast<std::int64_t>(amount);
}

std::string decimal_text(std::int64_t mantissa, int decimals) {
  std::string digits = std::to_string(mantissa < 0 ? -mantissa : mantissa);
  if (static_cast<int>(digits.size()) < decimals) digits.insert(0, std::string(decimals - digits.size(), '0'));
  if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
  return mantissa < 0 ? "-" + digits : digits;
}

TEST(Quantity, AgreesWithFractionsOnRandomNumbers) {
  const std::array<Suffix, 16> suffixes = {{{"n", -9, 0},
                                            {"u", -6, 0},
                                            {"m", -3, 0},
                                            {"", 0, 0},
                                            {"k", 3, 0},
                                            {"M", 6, 0},
                                            {"G", 9, 0},
                                            {"T", 12, 0},
                                            {"P", 15, 0},
                                            {"E", 18, 0},
                                            {"Ki", 0, 1},
                                            {"Mi", 0, 2},
                                            {"Gi", 0, 3},
                                            {"Ti", 0, 4},
                                            {"Pi", 0, 5},
                                            {"Ei", 0, 6}}};
  int fitted = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int step = 0; step < 5000; ++step) {
      const auto magnitude = static_cast<std::int64_t>((random() % 10'000'000'000'000) >> (random() % 44));
      const std::int64_t mantissa = random() % 4 == 0 ? -magnitude : magnitude;
      const int decimals = static_cast<int>(random() % 15);
      Suffix suffix = suffixes[random() % suffixes.size()];
      if (random() % 4 == 0) {
        const int exponent = static_cast<int>(random() % 31) - 15;
        suffix = {(random() % 2 == 0 ? "e" : "E") + std::to_string(exponent), exponent, 0};
      }
      const Unit unit = random() % 2 == 0 ? Unit::milli : Unit::whole;
      const std::string text = decimal_text(mantissa, decimals) + suffix.text;
      const auto want = expected_amount(mantissa, decimals, suffix, unit);
      const auto parsed = parse_quantity(text, unit);
      ASSERT_EQ(want.has_value(), parsed.has_value()) << text;
      if (want) {
        ASSERT_EQ(*want, *parsed) << text;
      }
      fitted += want ? 1 : 0;
    }
  }
  EXPECT_GT(fitted, 25'000);  // else the comparison says little
}

TEST(Quantity, OfRandomTextNeverCrashes) {
  constexpr std::string_view kAlphabet = "0123456789.+-eEinumkKMGTP";
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int step = 0; step < 10'000; ++step) {
      std::string text;
      for (std::uint64_t length = random() % 12; length > 0; --length) text += kAlphabet[random() % kAlphabet.size()];
      const auto parsed = parse_quantity(text, Unit::milli);
      if (parsed) {
        ASSERT_EQ(*parsed, *parse_quantity(format_quantity(*parsed, Unit::milli), Unit::milli)) << text;
      }
    }
  }
}

TEST(UnitOf, IsMilliForCpuAndExtendedResourcesElseWhole) {
  for (const char* name : {"cpu", "nvidia.com/gpu", "example.com/widget", "kubernetes.io/thing"}) {
    EXPECT_EQ(Unit::milli, unit_of(name)) << name;
  }
  for (const char* name : {"memory", "pods", "ephemeral-storage", "storage", "hugepages-2Mi", "count/pods", "other"}) {
    EXPECT_EQ(Unit::whole, unit_of(name)) << name;
  }
}

TEST(NodeResource, IsWhatANodeCanBeShortOf) {
  for (const char* name :
       {"cpu", "memory", "pods", "ephemeral-storage", "hugepages-2Mi", "hugepages-1Gi", "nvidia.com/gpu"}) {
    EXPECT_TRUE(is_node_resource(name)) << name;
  }
}

TEST(NodeResource, IsNeitherAQuotaKeyNorAnythingElse) {
  for (const char* name : {"", "storage", "count/pods", "count/jobs.batch", "requests.cpu", "limits.memory",
                           "requests.nvidia.com/gpu", "gpu", "hugepages-", "/gpu", "nvidia.com/", "CPU"}) {
    EXPECT_FALSE(is_node_resource(name)) << name;
  }
}

}  // namespace
}  // namespace basalt
