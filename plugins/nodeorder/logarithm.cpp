#include "plugins/nodeorder/logarithm.hpp"

#include <bit>

#include "plugins/amounts/share.hpp"

namespace basalt {

std::int64_t natural_logarithm(std::uint64_t number) {
  constexpr int kDigits = 48;
  constexpr int kFraction = 62;
  constexpr std::int64_t kLn2 = 195'103'586'505'167;  // ln 2 * 2^48
  const int whole = static_cast<int>(std::bit_width(number)) - 1;
  // The number divided by 2^whole: from 1 to 2. Squaring doubles its logarithm, whose next digit
  // is then the one before the point.
  Int128 part = (Int128{static_cast<std::int64_t>(number >> 1U)} * 2 + (number & 1U)) << kFraction >> whole;
  std::int64_t logarithm = whole;
  for (int digit = 0; digit < kDigits; ++digit) {
    part = part * part >> kFraction;
    logarithm *= 2;
    if (part >> (kFraction + 1) == 0) continue;
    ++logarithm;
    part >>= 1;
  }
  return static_cast<std::int64_t>(Int128{logarithm} * kLn2 >> (kDigits + kDigits - 32));
}

}  // namespace basalt
