#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/objects/timestamp.hpp"
#include "embedded/wire/message.hpp"
#include "kube/base64.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

enum class Wire : std::uint32_t { varint = 0, bytes = 2 };

void append_tag(std::string& to, std::uint32_t number, Wire wire) {
  append_varint(to, (std::uint64_t{number} << 3U) | static_cast<std::uint32_t>(wire));
}

void append_integer_field(std::string& to, std::uint32_t number, std::int64_t value) {
  append_tag(to, number, Wire::varint);
  append_varint(to, static_cast<std::uint64_t>(value));
}

// Puts the length before what was appended from `start` on.
void close_length(std::string& to, std::size_t start) {
  std::string length;
  append_varint(length, to.size() - start);
  to.insert(start, length);
}

const Field* field_named(const Message& message, std::string_view name) {
  const auto found = std::lower_bound(message.fields.begin(), message.fields.end(), name,
                                      [](const Field& field, std::string_view wanted) { return field.name < wanted; });
  return found != message.fields.end() && found->name == name ? &*found : nullptr;
}

void append_time(std::string& to, const Json& value) {
  if (!value.is_string()) return;
  const auto time = parse_time(value.get_ref<const std::string&>());
  if (!time) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  append_integer_field(to, 1, seconds.time_since_epoch().count());
  const auto nanos = std::chrono::nanoseconds(*time - seconds).count();
  if (nanos != 0) append_integer_field(to, 2, nanos);
}

void append_int_or_string(std::string& to, const Json& value) {
  if (value.is_string()) {
    append_integer_field(to, 1, 1);
    append_bytes_field(to, 3, value.get_ref<const std::string&>());
  } else if (value.is_number_integer()) {
    append_integer_field(to, 2, value.get<std::int64_t>());
  }
}

class Encoder {
 public:
  std::string out;

  void object(const Message& message, const Json& value) {
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      const Field* field = field_named(message, name);
      if (field != nullptr && !field->inlined && !member.is_null()) shaped(*field, member);
    }
    for (const Field& field : message.fields) {
      if (!field.inlined) break;  // "." sorts before all names
      append_tag(out, field.number, Wire::bytes);
      const std::size_t start = out.size();
      object(*field.message, value);
      close_length(out, start);
    }
  }

 private:
  void shaped(const Field& field, const Json& value) {
    switch (field.shape) {
      case FieldShape::single: return one(field, field.number, value);
      case FieldShape::list:
        if (!value.is_array()) return;
        for (const Json& item : value) one(field, field.number, item);
        return;
      case FieldShape::map:
        if (!value.is_object()) return;
        for (const auto& [key, item] : value.items()) {
          append_tag(out, field.number, Wire::bytes);
          const std::size_t start = out.size();
          append_bytes_field(out, 1, key);
          one(field, 2, item);
          close_length(out, start);
        }
        return;
    }
  }

  void one(const Field& field, std::uint32_t number, const Json& value) {
    switch (field.type) {
      case FieldType::text:
        if (value.is_string()) append_bytes_field(out, number, value.get_ref<const std::string&>());
        return;
      case FieldType::bytes:
        if (value.is_string()) {
          append_bytes_field(out, number, kube::decode_base64(value.get_ref<const std::string&>()).value_or(""));
        }
        return;
      case FieldType::integer:
        if (value.is_number_integer()) append_integer_field(out, number, value.get<std::int64_t>());
        return;
      case FieldType::boolean:
        if (value.is_boolean()) append_integer_field(out, number, value.get<bool>() ? 1 : 0);
        return;
      default: break;
    }
    append_tag(out, number, Wire::bytes);
    const std::size_t start = out.size();
    if (field.type == FieldType::message) object(*field.message, value);
    if (field.type == FieldType::time || field.type == FieldType::micro_time) append_time(out, value);
    if (field.type == FieldType::int_or_string) append_int_or_string(out, value);
    if (field.type == FieldType::quantity) {
      append_bytes_field(out, 1, value.is_string() ? value.get<std::string>() : kube::print_json(value));
    }
    close_length(out, start);
  }
};

}  // namespace

void append_varint(std::string& to, std::uint64_t value) {
  while (value >= 0x80) {
    to += static_cast<char>((value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  to += static_cast<char>(value);
}

void append_bytes_field(std::string& to, std::uint32_t number, std::string_view bytes) {
  append_tag(to, number, Wire::bytes);
  append_varint(to, bytes.size());
  to += bytes;
}

std::string encode_protobuf(const Message& message, const Json& object) {
  Encoder encoder;
  encoder.object(message, object);
  return std::move(encoder.out);
}

std::string wrap_protobuf(std::string_view api_version, std::string_view kind, std::string_view encoded) {
  std::string type;
  append_bytes_field(type, 1, api_version);
  append_bytes_field(type, 2, kind);
  std::string whole("k8s\0", 4);
  whole.reserve(encoded.size() + type.size() + 32);
  append_bytes_field(whole, 1, type);
  append_bytes_field(whole, 2, encoded);
  append_bytes_field(whole, 3, "");
  append_bytes_field(whole, 4, "");
  return whole;
}

}  // namespace basalt::embedded
