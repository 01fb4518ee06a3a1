#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "adapter/decode.hpp"
#include "protobuf_encoder.hpp"

namespace basalt::adapter {

inline kube::ObjectBytes json(std::string_view text) { return {kube::Encoding::json, text}; }
inline kube::ObjectBytes protobuf(const Proto& message) { return {kube::Encoding::protobuf, message.bytes()}; }

/// The decoded object; aborts the test program with the message when there is none.
template <class Object>
Object decoded(ObjectKind kind, const kube::ObjectBytes& bytes) {
  return std::get<Object>(decode(kind, bytes).value());
}

/// Why an object is not taken; "" when it is.
inline std::string refusal(ObjectKind kind, const kube::ObjectBytes& bytes) {
  const auto object = decode(kind, bytes);
  return object ? std::string() : object.error().message;
}

/// `text` with '...' as its quotes turned into "...": JSON is easier to read so.
inline std::string quoted(std::string text) {
  for (char& character : text) {
    if (character == '\'') character = '"';
  }
  return text;
}

}  // namespace basalt::adapter
