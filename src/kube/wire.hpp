#pragma once

#include <cstdint>
#include <string_view>

namespace basalt::kube {

/// How a value lies in an encoded Protocol Buffers message. Kubernetes never uses groups
/// (3 and 4): a reader that meets one calls the message malformed.
enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Walks the fields of one encoded Protocol Buffers message, in wire order, without
/// copying and without a schema:
///
///     WireReader pod(bytes);
///     while (pod.next()) {
///       switch (pod.number()) {
///         case 1: decode_metadata(pod.bytes()); break;  // a sub-message: give it to another reader
///         case 2: priority = pod.int64(); break;
///         default: break;                               // unknown fields are skipped
///       }
///     }
///     if (pod.malformed()) return Error{...};
///
/// Every access is bounds-checked: input from outside can make the reader `malformed()`,
/// never make it read elsewhere or loop. A value of another wire type than was asked for is
/// malformed too, and reads as zero or empty, so one check after the loop is enough.
/// Repeated fields simply come several times (Kubernetes' proto2 does not pack); of a
/// repeated scalar that should be single the last one counts. Views point into the message:
/// they live as long as its bytes do. Not thread-safe; cheap to make, one per message.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : at_(message.data()), end_(message.data() + message.size()) {}

  /// Moves to the next field. False at the end and when malformed.
  bool next();

  /// True once the message broke the encoding or a field had another type than was asked for.
  [[nodiscard]] bool malformed() const { return malformed_; }

  /// Field number of the current field, 1 to 2^29-1. REQUIRES (as all below): next() returned true.
  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] WireType type() const { return type_; }

  /// A string, bytes or sub-message.
  std::string_view bytes();
  /// Any integer type but sint32/sint64. An int32 is returned sign-extended.
  std::int64_t int64();
  bool boolean() { return int64() != 0; }
  /// The eight or four bytes of a fixed64/fixed32 (double and float are not used by Kubernetes' scheduling kinds).
  std::uint64_t fixed();

 private:
  bool fail();
  bool read_varint(std::uint64_t& value);
  bool read_fixed(unsigned width);
  bool read_bytes();

  const char* at_;
  const char* end_;
  std::string_view bytes_;
  std::uint64_t scalar_ = 0;
  std::uint32_t number_ = 0;
  WireType type_ = WireType::varint;
  bool malformed_ = false;
};

}  // namespace basalt::kube
