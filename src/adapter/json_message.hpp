#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/reading.hpp"
#include "basalt/base/clock.hpp"

namespace basalt::adapter {

class JsonValue;

/// One JSON object, read by describing its fields (fields.hpp). `ProtobufMessage` is its twin. Views into the parser
/// that made the document.
class JsonMessage {
 public:
  /// Without an object it has no members: what a value of another type reads as.
  JsonMessage(std::optional<simdjson::dom::object> object, Reading& reading) : object_(object), reading_(&reading) {}

  [[nodiscard]] Reading& reading() const { return *reading_; }

  /// Gives every member to the field with its name; others are skipped, and so is null, which means absent.
  template <class... Fields>
  void read(Fields&&... fields) const;

 private:
  std::optional<simdjson::dom::object> object_;
  Reading* reading_;
};

/// The value of a member, in the forms that fields ask for. A value of another type reads as zero or empty and is
/// objected to: custom resources are only as well typed as their schema.
class JsonValue {
 public:
  JsonValue(simdjson::dom::element element, Reading& reading) : element_(element), reading_(&reading) {}

  [[nodiscard]] Reading& reading() const { return *reading_; }
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int32_t int32() const;
  [[nodiscard]] JsonMessage message() const;
  [[nodiscard]] std::string quantity() const;  ///< text, or a number (custom resources keep what the user wrote)
  [[nodiscard]] WallTime time() const;         ///< RFC 3339

  /// Calls `visit(value)` for each element of an array. `seen` counts them.
  template <class Visit>
  void elements(std::int64_t& seen, Visit&& visit) const {
    const auto array = this->array();
    if (!array) return;
    for (const simdjson::dom::element element : *array) {
      reading_->at_index(seen++);
      visit(JsonValue(element, *reading_));
    }
  }

  /// Calls `visit(key, value)` for each member of an object.
  template <class Visit>
  void entries(Visit&& visit) const {
    const auto object = this->object();
    if (!object) return;
    for (const simdjson::dom::key_value_pair member : *object) {
      reading_->at_key(member.key);
      visit(member.key, JsonValue(member.value, *reading_));
    }
  }

 private:
  [[nodiscard]] std::optional<simdjson::dom::array> array() const;
  [[nodiscard]] std::optional<simdjson::dom::object> object() const;
  void expected(std::string_view what) const;

  simdjson::dom::element element_;
  Reading* reading_;
};

template <class... Fields>
void JsonMessage::read(Fields&&... fields) const {
  const auto offer = [&](auto& field, const simdjson::dom::key_value_pair& member) {
    if (field.name != member.key || field.name.empty()) return false;
    reading_->enter(field.name);
    field.take(JsonValue(member.value, *reading_));
    reading_->leave();
    return true;
  };
  if (object_) {
    for (const simdjson::dom::key_value_pair member : *object_) {
      if (!member.value.is_null()) static_cast<void>((offer(fields, member) || ...));
    }
  }
  (fields.done(), ...);
}

}  // namespace basalt::adapter
