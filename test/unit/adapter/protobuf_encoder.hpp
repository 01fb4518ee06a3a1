#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::adapter {

/// Writes a protobuf message field by field, as the API server does. For tests.
///
///     Proto().text(1, "name").message(2, Proto().integer(4, 7)).bytes()
class Proto {
 public:
  Proto& text(std::uint32_t number, std::string_view value) {
    varint((std::uint64_t{number} << 3U) | 2U);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  /// A negative int32 is sign-extended to ten bytes, as everywhere in protobuf.
  Proto& integer(std::uint32_t number, std::int64_t value) {
    varint(std::uint64_t{number} << 3U);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Proto& message(std::uint32_t number, const Proto& value) { return text(number, value.bytes_); }
  /// An entry of a map<string, string>.
  Proto& entry(std::uint32_t number, std::string_view key, std::string_view value) {
    return message(number, Proto().text(1, key).text(2, value));
  }
  /// An entry of a map<string, Quantity>.
  Proto& amount(std::uint32_t number, std::string_view key, std::string_view quantity) {
    return message(number, Proto().text(1, key).message(2, Proto().text(1, quantity)));
  }
  Proto& seconds(std::uint32_t number, std::int64_t time) { return message(number, Proto().integer(1, time)); }
  Proto& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    while (value >= 0x80U) {
      bytes_ += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
      value >>= 7U;
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace basalt::adapter
