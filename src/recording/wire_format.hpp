#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The two encodings of Protocol Buffers that recordings use: integers of variable length, and counted bytes.
namespace basalt::wire {

inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    out.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

/// Small negative numbers become small ones (sint64).
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t from_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

/// Walks the fields of a message. Whatever the bytes are, it reads nothing else and ends.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  /// Moves to the next field; false at the end, and when the message is malformed.
  bool next() {
    if (rest_.empty() || malformed_) return false;
    std::uint64_t tag = 0;
    if (!take_varint(tag)) return fail();
    number_ = static_cast<std::uint32_t>(tag >> 3U);
    is_bytes_ = (tag & 7U) == 2U;
    if (!is_bytes_ && (tag & 7U) != 0U) return fail();
    if (!take_varint(scalar_)) return fail();
    if (!is_bytes_) return true;
    if (scalar_ > rest_.size()) return fail();
    bytes_ = rest_.substr(0, scalar_);
    rest_.remove_prefix(scalar_);
    return true;
  }

  [[nodiscard]] bool malformed() const { return malformed_; }
  [[nodiscard]] std::uint32_t number() const { return number_; }
  /// A field of the other encoding is malformed, and reads as nothing.
  std::uint64_t scalar() {
    if (is_bytes_) fail();
    return is_bytes_ ? 0 : scalar_;
  }
  std::string_view bytes() {
    if (!is_bytes_) fail();
    return is_bytes_ ? bytes_ : std::string_view();
  }
  bool fail() {
    malformed_ = true;
    return false;
  }

 private:
  bool take_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80U) return true;
    }
    return false;
  }

  std::string_view rest_, bytes_;
  std::uint64_t scalar_ = 0;
  std::uint32_t number_ = 0;
  bool is_bytes_ = false;
  bool malformed_ = false;
};

}  // namespace basalt::wire
