#include "adapter/json_message.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "adapter/rfc3339.hpp"

namespace basalt::adapter {
namespace {

std::string_view type_name(simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::ARRAY: return "an array";
    case simdjson::dom::element_type::OBJECT: return "an object";
    case simdjson::dom::element_type::STRING: return "a string";
    case simdjson::dom::element_type::BOOL: return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE: return "null";
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return "a number";
  }
  return "something else";
}

/// The shortest text that reads back as this number.
template <class Number>
std::string number_text(Number number) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

}  // namespace

void JsonValue::expected(std::string_view what) const {
  reading_->object("expected " + std::string(what) + ", got " + std::string(type_name(element_)));
}

std::string_view JsonValue::text() const {
  std::string_view text;
  if (element_.get(text) != simdjson::SUCCESS) expected("a string");
  return text;
}

bool JsonValue::boolean() const {
  bool value = false;
  if (element_.get(value) != simdjson::SUCCESS) expected("true or false");
  return value;
}

std::int32_t JsonValue::int32() const {
  std::int64_t value = 0;
  if (element_.get(value) == simdjson::SUCCESS && value >= std::numeric_limits<std::int32_t>::min() &&
      value <= std::numeric_limits<std::int32_t>::max()) {
    return static_cast<std::int32_t>(value);
  }
  expected("an integer of 32 bits");
  return 0;
}

std::optional<simdjson::dom::object> JsonValue::object() const {
  simdjson::dom::object object;
  if (element_.get(object) == simdjson::SUCCESS) return object;
  expected("an object");
  return std::nullopt;
}

std::optional<simdjson::dom::array> JsonValue::array() const {
  simdjson::dom::array array;
  if (element_.get(array) == simdjson::SUCCESS) return array;
  expected("an array");
  return std::nullopt;
}

JsonMessage JsonValue::message() const { return {object(), *reading_}; }

std::string JsonValue::quantity() const {
  std::int64_t whole = 0;
  if (element_.get(whole) == simdjson::SUCCESS) return number_text(whole);
  double fraction = 0;
  if (element_.get(fraction) == simdjson::SUCCESS) return number_text(fraction);
  return std::string(text());
}

WallTime JsonValue::time() const {
  const std::string_view stated = text();
  const auto time = parse_time(stated);
  if (time) return *time;
  reading_->object(time.error().message);
  return {};
}

}  // namespace basalt::adapter
