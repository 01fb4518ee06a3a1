#include "embedded/objects/identity.hpp"

#include <array>
#include <string_view>

namespace basalt::embedded {

std::string Identities::uid() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  std::uint64_t bits = 0;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit % 16 == 0) bits = random_();
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    std::uint64_t value = bits & 15;
    bits >>= 4;
    if (digit == 12) value = 4;                // version: random
    if (digit == 16) value = 8 | (value & 3);  // variant: RFC 4122
    text += kHex[value];
  }
  return text;
}

std::string Identities::name_suffix() {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (int i = 0; i < 5; ++i) text += kLetters[random_() % kLetters.size()];
  return text;
}

}  // namespace basalt::embedded
