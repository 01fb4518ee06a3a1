#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "adapter/reading.hpp"
#include "adapter/rfc3339.hpp"
#include "basalt/base/clock.hpp"
#include "kube/wire.hpp"

namespace basalt::adapter {

class ProtobufValue;

/// One encoded message, read by describing its fields (fields.hpp). `JsonMessage` is its twin. Views into the bytes.
class ProtobufMessage {
 public:
  ProtobufMessage(std::string_view bytes, Reading& reading) : bytes_(bytes), reading_(&reading) {}

  [[nodiscard]] Reading& reading() const { return *reading_; }

  /// Gives every value to the field with its number, in wire order; others are skipped by their length.
  template <class... Fields>
  void read(Fields&&... fields) const;

 private:
  std::string_view bytes_;
  Reading* reading_;
};

/// The value of the current field, in the forms that fields ask for. A value of another wire type than asked for makes
/// the object malformed and reads as zero or empty.
class ProtobufValue {
 public:
  ProtobufValue(kube::WireReader& wire, Reading& reading) : reading_(&reading), type_(wire.type()) {
    if (type_ == kube::WireType::bytes) bytes_ = wire.bytes();
    if (type_ == kube::WireType::varint) integer_ = wire.int64();
  }
  ProtobufValue(std::string_view bytes, Reading& reading)
      : reading_(&reading), type_(kube::WireType::bytes), bytes_(bytes) {}

  [[nodiscard]] Reading& reading() const { return *reading_; }
  [[nodiscard]] std::string_view text() const {
    expect(kube::WireType::bytes);
    return bytes_;
  }
  [[nodiscard]] bool boolean() const {
    expect(kube::WireType::varint);
    return integer_ != 0;
  }
  /// Zero, with an objection, when it has more than 32 bits.
  [[nodiscard]] std::int32_t int32() const {
    expect(kube::WireType::varint);
    if (integer_ >= std::numeric_limits<std::int32_t>::min() && integer_ <= std::numeric_limits<std::int32_t>::max()) {
      return static_cast<std::int32_t>(integer_);
    }
    reading_->object("expected an integer of 32 bits, got " + std::to_string(integer_));
    return 0;
  }
  [[nodiscard]] ProtobufMessage message() const { return {text(), *reading_}; }
  [[nodiscard]] std::string quantity() const;  ///< of a resource.Quantity message
  [[nodiscard]] WallTime time() const;         ///< of a meta/v1 Time message; whole seconds

  /// Calls `visit(value)`: a repeated field comes once for each element. `seen` counts them.
  template <class Visit>
  void elements(std::int64_t& seen, Visit&& visit) const {
    reading_->at_index(seen++);
    visit(*this);
  }

  /// Calls `visit(key, value)` for the one entry of a map that this is. The values of our maps are strings and
  /// messages.
  template <class Visit>
  void entries(Visit&& visit) const {
    std::string_view key;
    std::string_view value;
    read_entry(key, value);
    reading_->at_key(key);
    visit(key, ProtobufValue(value, *reading_));
  }

 private:
  void expect(kube::WireType type) const {
    if (type_ != type) [[unlikely]]
      reading_->malformed("another protobuf wire type than this field has");
  }
  void read_entry(std::string_view& key, std::string_view& value) const;

  Reading* reading_;
  kube::WireType type_;
  std::string_view bytes_;
  std::int64_t integer_ = 0;
};

template <class... Fields>
void ProtobufMessage::read(Fields&&... fields) const {
  kube::WireReader wire(bytes_);
  const auto offer = [&](auto& field) {
    if (field.number != wire.number()) return false;
    reading_->enter(field.name);
    field.take(ProtobufValue(wire, *reading_));
    reading_->leave();
    return true;
  };
  while (!reading_->is_malformed() && wire.next()) static_cast<void>((offer(fields) || ...));
  if (wire.malformed()) reading_->malformed("malformed protobuf");
  (fields.done(), ...);
}

}  // namespace basalt::adapter
