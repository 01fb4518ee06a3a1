#include "config/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;

constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kNotANumber = {".nan", ".NaN", ".NAN"};
constexpr std::array<std::string_view, 6> kInfinity = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"};
constexpr std::array<std::string_view, 3> kMinusInfinity = {"-.inf", "-.Inf", "-.INF"};

template <class Words>
bool is_one_of(const Words& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }

// Takes the prefix that says the base off a number without sign.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char letter = digits[1];
  int base = 8;
  if (letter == 'x' || letter == 'X') base = 16;
  if (letter == 'b' || letter == 'B') base = 2;
  const bool two_letters = base != 8 || letter == 'o' || letter == 'O';
  digits.remove_prefix(two_letters ? 2 : 1);
  return base;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = take_base(text);
  std::uint64_t magnitude = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > kMost + (negative ? 1U : 0U)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0U - magnitude : magnitude);
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
std::optional<double> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !(is_digit(text[0]) || (text[0] == '.' && text.size() > 1 && is_digit(text[1])))) {
    return std::nullopt;
  }
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || failure == std::errc::invalid_argument) return std::nullopt;
  if (failure == std::errc::result_out_of_range) number = std::numeric_limits<double>::infinity();
  return negative ? -number : number;
}

DocumentValue scalar(Kind kind, std::string_view text) {
  DocumentValue value;
  value.kind = kind;
  value.text = text;
  return value;
}

DocumentValue number_value(double number, std::string_view text) {
  DocumentValue value = scalar(Kind::number, text);
  value.number = number;
  return value;
}

}  // namespace

DocumentValue resolve_plain_scalar(std::string_view text) {
  if (is_one_of(kNull, text)) return scalar(Kind::null, text);
  const bool truth = is_one_of(kTrue, text);
  if (truth || is_one_of(kFalse, text)) {
    DocumentValue value = scalar(Kind::boolean, text);
    value.boolean = truth;
    return value;
  }
  if (is_one_of(kNotANumber, text)) return number_value(std::numeric_limits<double>::quiet_NaN(), text);
  if (is_one_of(kInfinity, text)) return number_value(std::numeric_limits<double>::infinity(), text);
  if (is_one_of(kMinusInfinity, text)) return number_value(-std::numeric_limits<double>::infinity(), text);

  const char first = text.front();
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return scalar(Kind::text, text);
  std::string plain(text);
  std::erase(plain, '_');
  if (const auto integer = parse_integer(plain)) {
    DocumentValue value = scalar(Kind::integer, text);
    value.integer = *integer;
    return value;
  }
  if (const auto decimal = parse_decimal(plain)) return number_value(*decimal, text);
  return scalar(Kind::text, text);
}

}  // namespace basalt
