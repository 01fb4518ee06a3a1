#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "embedded/objects/timestamp.hpp"
#include "embedded/wire/message.hpp"
#include "kube/base64.hpp"
#include "kube/wire.hpp"

namespace basalt::embedded {
namespace {

const Field* field_numbered(const Message& message, std::uint32_t number) {
  const auto found = std::find_if(message.fields.begin(), message.fields.end(),
                                  [number](const Field& field) { return field.number == number; });
  return found == message.fields.end() ? nullptr : &*found;
}

class Decoder {
 public:
  std::string problem;

  void object(const Message& message, std::string_view bytes, Json& into, int depth) {
    if (depth > kDeepestNesting) return fail("nested too deeply");
    kube::WireReader reader(bytes);
    while (problem.empty() && reader.next()) {
      const Field* field = field_numbered(message, reader.number());
      if (field == nullptr) {
        // ObjectMeta.managedFields: nobody keeps them here.
        if (message.name == "ObjectMeta" && reader.number() == 17) continue;
        return fail("field " + std::to_string(reader.number()) + " of " + message.name + " is not known");
      }
      shaped(*field, reader, into, depth);
    }
    if (reader.malformed()) fail(message.name + " is malformed");
  }

 private:
  void fail(std::string why) {
    if (problem.empty()) problem = std::move(why);
  }

  void shaped(const Field& field, kube::WireReader& reader, Json& into, int depth) {
    if (field.inlined) return object(*field.message, reader.bytes(), into, depth + 1);
    if (field.shape == FieldShape::map) return entry(field, reader.bytes(), into[field.name], depth);
    Json value = one(field, reader, depth);
    // Go writes empty values of what is no pointer: JSON leaves them out.
    const bool is_empty = value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
    if (field.shape == FieldShape::list) {
      into[field.name].push_back(std::move(value));
    } else if (!is_empty) {
      into[field.name] = std::move(value);
    }
  }

  void entry(const Field& field, std::string_view bytes, Json& into, int depth) {
    kube::WireReader reader(bytes);
    std::string key;
    Json value = field.type == FieldType::text ? Json("") : Json();
    while (problem.empty() && reader.next()) {
      if (reader.number() == 1) key = reader.bytes();
      if (reader.number() == 2) value = one(field, reader, depth);
    }
    if (reader.malformed()) return fail("an entry of " + field.name + " is malformed");
    into[key] = std::move(value);
  }

  Json one(const Field& field, kube::WireReader& reader, int depth) {
    switch (field.type) {
      case FieldType::text: return std::string(reader.bytes());
      case FieldType::bytes: return kube::encode_base64(reader.bytes());
      case FieldType::integer: return reader.int64();
      case FieldType::boolean: return reader.boolean();
      case FieldType::message: {
        Json value = Json::object();
        object(*field.message, reader.bytes(), value, depth + 1);
        return value;
      }
      case FieldType::time: return time(reader.bytes(), false);
      case FieldType::micro_time: return time(reader.bytes(), true);
      case FieldType::quantity: return text_of_quantity(reader.bytes());
      case FieldType::int_or_string: return int_or_string(reader.bytes());
    }
    return {};
  }

  Json time(std::string_view bytes, bool micros) {
    kube::WireReader reader(bytes);
    std::int64_t seconds = 0;
    std::int64_t nanos = 0;
    bool given = false;
    while (reader.next()) {
      given = true;
      if (reader.number() == 1) seconds = reader.int64();
      if (reader.number() == 2) nanos = reader.int64();
    }
    constexpr std::int64_t kYear9999 = 253'402'300'799;
    if (reader.malformed() || seconds > kYear9999 || seconds < 0) fail("a time is malformed");
    if (!given || !problem.empty()) return {};
    std::string text = format_time(WallTime(std::chrono::seconds(seconds)));
    if (!micros) return text;
    std::array<char, 16> decimals{};
    std::snprintf(decimals.data(), decimals.size(), ".%06dZ", static_cast<int>(nanos / 1000 % 1'000'000));
    text.pop_back();
    return text + decimals.data();
  }

  Json text_of_quantity(std::string_view bytes) {
    kube::WireReader reader(bytes);
    std::string text;
    while (reader.next()) {
      if (reader.number() == 1) text = reader.bytes();
    }
    if (reader.malformed()) fail("a quantity is malformed");
    return text;
  }

  Json int_or_string(std::string_view bytes) {
    kube::WireReader reader(bytes);
    bool is_text = false;
    std::int64_t number = 0;
    std::string text;
    while (reader.next()) {
      if (reader.number() == 1) is_text = reader.int64() == 1;
      if (reader.number() == 2) number = reader.int64();
      if (reader.number() == 3) text = reader.bytes();
    }
    if (reader.malformed()) fail("a number or text is malformed");
    return is_text ? Json(text) : Json(number);
  }
};

}  // namespace

Outcome<Json> decode_protobuf(const Message& message, std::string_view bytes) {
  Decoder decoder;
  Json object = Json::object();
  decoder.object(message, bytes, object, 0);
  if (!decoder.problem.empty()) return bad_request("the protobuf body cannot be read: " + decoder.problem);
  return object;
}

}  // namespace basalt::embedded
