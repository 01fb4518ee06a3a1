#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/objects/json_path.hpp"

namespace basalt::embedded {

struct Message;

/// What a field holds, in JSON and on the wire.
enum class FieldType {
  text,
  bytes,    ///< base64 in JSON
  integer,  ///< int32 or int64: a varint either way
  boolean,
  message,
  time,        ///< RFC 3339 in JSON; seconds and nanos on the wire
  micro_time,  ///< the same, with six decimals in JSON
  quantity,    ///< string or number in JSON
  int_or_string,
};

enum class FieldShape { single, list, map };

/// One field of a message. `inlined`: its members stand in JSON among those of the message that holds it.
struct Field {
  std::string name;
  std::uint32_t number = 0;
  FieldType type = FieldType::text;
  FieldShape shape = FieldShape::single;
  bool inlined = false;
  const Message* message = nullptr;
};

/// How a type of the Kubernetes API looks in Protocol Buffers: which JSON member has which number.
struct Message {
  std::string name;
  std::vector<Field> fields;  ///< sorted by name
};

/// The message of a built-in type, e.g. "Pod"; null when its numbers are not known here.
const Message* find_message(std::string_view name);

/// Encodes an object. Members that the message does not have are left out: JSON is the complete form.
std::string encode_protobuf(const Message& message, const Json& object);

/// Decodes an object. Refused with 400 when the bytes are malformed, or have a field that the message does not: what a
/// client sent is never dropped without a word.
Outcome<Json> decode_protobuf(const Message& message, std::string_view bytes);

/// "k8s\0" and the envelope around an encoded object.
std::string wrap_protobuf(std::string_view api_version, std::string_view kind, std::string_view encoded);

/// Appends one varint, and one length-delimited field: for lists and watch events, which are put together from encoded
/// objects.
void append_varint(std::string& to, std::uint64_t value);
void append_bytes_field(std::string& to, std::uint32_t number, std::string_view bytes);

}  // namespace basalt::embedded
