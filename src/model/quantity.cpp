#include "basalt/model/quantity.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace basalt {
namespace {

constexpr std::size_t kQuotedCharacters = 64;  // of a text that is wrong: enough to recognize it by

/// A text that keeps to the grammar: +-`digits` * 10^`tens` * 1024^`kibis`.
struct Scanned {
  bool negative = false;
  std::string digits;  ///< without leading zeros; empty: zero
  std::int64_t tens = 0;
  int kibis = 0;
};

bool is_digit(char character) { return character >= '0' && character <= '9'; }

std::string quoted(std::string_view text) {
  std::string result = "quantity \"" + std::string(text.substr(0, kQuotedCharacters));
  if (text.size() > kQuotedCharacters) result += "...";
  return result + "\": ";
}

/// Removes a sign. True when it was a minus.
bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

/// Removes and returns the digits a text begins with.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

/// The integer behind "e" or "E". One beyond +-10^9 is as good as 10^9: whatever it is applied to is then
/// either zero or far outside of 63 bits, on one side or the other.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  constexpr std::int64_t kBeyondAll = 1'000'000'000;
  const bool negative = take_sign(text);
  if (text.empty()) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char digit : text) {
    if (!is_digit(digit)) return std::nullopt;
    exponent = std::min(kBeyondAll, exponent * 10 + (digit - '0'));
  }
  return negative ? -exponent : exponent;
}

/// Applies what stands behind the number. False when it is no suffix.
bool apply_suffix(std::string_view suffix, Scanned& scanned) {
  constexpr std::string_view kDecimal = "num kMGTPE";  // 10^-9 to 10^18 in thousands; a blank where there is no letter
  constexpr std::string_view kBinary = "KMGTPE";       // 1024^1 to 1024^6
  if (suffix.empty()) return true;
  if (suffix.size() == 1) {
    const std::size_t place = kDecimal.find(suffix[0]);
    if (place == std::string_view::npos || suffix[0] == ' ') return false;
    scanned.tens += 3 * (static_cast<std::int64_t>(place) - 3);
    return true;
  }
  if (suffix[0] == 'e' || suffix[0] == 'E') {
    if (const auto exponent = parse_exponent(suffix.substr(1))) {
      scanned.tens += *exponent;
      return true;
    }
  }
  const std::size_t place = kBinary.find(suffix[0]);
  if (suffix.size() != 2 || suffix[1] != 'i' || place == std::string_view::npos) return false;
  scanned.kibis = static_cast<int>(place) + 1;
  return true;
}

std::optional<Scanned> scan(std::string_view text) {
  Scanned scanned;
  scanned.negative = take_sign(text);
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  scanned.digits.reserve(whole.size() + fraction.size());
  scanned.digits.append(whole).append(fraction);
  scanned.digits.erase(0, scanned.digits.find_first_not_of('0'));  // all of them, when there is none
  scanned.tens -= static_cast<std::int64_t>(fraction.size());
  if (!apply_suffix(text, scanned)) return std::nullopt;
  return scanned;
}

/// Multiplies a decimal number by 1024, as on paper.
void multiply_by_1024(std::string& digits) {
  int carry = 0;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    carry += 1024 * (*digit - '0');
    *digit = static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  if (carry != 0) digits.insert(0, std::to_string(carry));
}

/// The number as an integer, what is behind the point rounded up, away from zero. Exact, since it
/// cuts the digits where the point is. Nothing when it does not fit in 63 bits.
std::optional<std::int64_t> round_away_from_zero(const Scanned& scanned) {
  constexpr std::int64_t kMostDigits = 19;
  if (scanned.digits.empty()) return 0;
  const std::int64_t point = static_cast<std::int64_t>(scanned.digits.size()) + scanned.tens;
  if (point > kMostDigits) return std::nullopt;
  std::uint64_t magnitude = 0;
  for (std::int64_t place = 0; place < point; ++place) {
    const auto digit = static_cast<std::size_t>(place);
    magnitude =
        magnitude * 10 + (digit < scanned.digits.size() ? static_cast<std::uint64_t>(scanned.digits[digit] - '0') : 0U);
  }
  const auto behind_point = static_cast<std::size_t>(std::max<std::int64_t>(point, 0));
  if (scanned.digits.find_first_not_of('0', behind_point) != std::string::npos) ++magnitude;

  const auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > largest + (scanned.negative ? 1U : 0U)) return std::nullopt;
  return static_cast<std::int64_t>(scanned.negative ? 0U - magnitude : magnitude);
}

/// Divides by `base` as often as that leaves no rest, at most `times` times. Returns how often.
std::size_t remove_factors(std::int64_t& amount, std::int64_t base, std::size_t times) {
  std::size_t removed = 0;
  while (removed < times && amount % base == 0) {
    amount /= base;
    ++removed;
  }
  return removed;
}

/// Names with a domain that are not keys of a quota: what Kubernetes calls extended resources, and
/// the few of its own that have a domain.
bool has_domain(std::string_view resource) {
  const std::size_t slash = resource.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == resource.size()) return false;
  return !resource.starts_with("count/") && !resource.starts_with("requests.");
}

}  // namespace

Result<std::int64_t> parse_quantity(std::string_view text, Unit unit) {
  auto scanned = scan(text);
  if (!scanned) {
    return Error{ErrorCode::invalid,
                 quoted(text) + "expected a number with an optional suffix such as m, k, Ki, Gi or e3"};
  }
  if (unit == Unit::milli) scanned->tens += 3;
  for (int times = 0; times < scanned->kibis; ++times) multiply_by_1024(scanned->digits);
  if (const auto amount = round_away_from_zero(*scanned)) return *amount;
  const std::string_view bound = unit == Unit::milli ? "thousandths below 2^63 (about 9.2P)" : "less than 2^63 (8Ei)";
  return Error{ErrorCode::invalid, quoted(text) + "too large, expected " + std::string(bound)};
}

std::string format_quantity(std::int64_t amount, Unit unit) {
  if (amount == 0) return "0";
  if (unit == Unit::milli) {
    constexpr std::array<std::string_view, 7> kSuffixes = {"m", "", "k", "M", "G", "T", "P"};
    const std::size_t thousands = remove_factors(amount, 1000, kSuffixes.size() - 1);
    return std::to_string(amount).append(kSuffixes[thousands]);
  }
  constexpr std::array<std::string_view, 7> kSuffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  const std::size_t kibis = remove_factors(amount, 1024, kSuffixes.size() - 1);
  return std::to_string(amount).append(kSuffixes[kibis]);
}

Unit unit_of(std::string_view resource) {
  return resource == "cpu" || has_domain(resource) ? Unit::milli : Unit::whole;
}

bool is_node_resource(std::string_view resource) {
  constexpr std::string_view kHugePages = "hugepages-";
  if (resource.starts_with(kHugePages)) return resource.size() > kHugePages.size();
  return resource == "cpu" || resource == "memory" || resource == "pods" || resource == "ephemeral-storage" ||
         has_domain(resource);
}

}  // namespace basalt
