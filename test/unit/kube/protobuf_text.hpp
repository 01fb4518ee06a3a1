#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::kube::testing {

// Writes protobuf by hand, so that the tests depend on nothing that is tested.
inline std::string varint(std::uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80U));
    value >>= 7U;
  }
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

inline std::string field(std::uint32_t number, std::uint64_t value) { return varint(number << 3U) + varint(value); }

inline std::string field(std::uint32_t number, std::string_view bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + std::string(bytes);
}

inline std::string envelope(std::string_view kind, std::string_view object) {
  return std::string("k8s\0", 4) + field(1, field(1, std::string_view("v1")) + field(2, kind)) + field(2, object) +
         field(3, std::string_view()) + field(4, std::string_view());
}

// An object with metadata only.
inline std::string object(std::string_view space, std::string_view name, std::string_view uid,
                          std::string_view version) {
  return field(1, field(1, name) + field(3, space) + field(5, uid) + field(6, version));
}

// A frame of a protobuf watch: length, WatchEvent, RawExtension, envelope.
inline std::string watch_frame(std::string_view type, std::string_view kind, std::string_view object_bytes) {
  const std::string event = field(1, type) + field(2, field(1, envelope(kind, object_bytes)));
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(event.size() >> shift));
  return frame + event;
}

}  // namespace basalt::kube::testing
