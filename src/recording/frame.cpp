#include "recording/frame.hpp"

#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "basalt/framework/column.hpp"
#include "recording/members.hpp"
#include "recording/wire_format.hpp"

// Every type by its kind: integers are varints (signed ones zigzag), strings and messages counted bytes, lists repeat
// their field, an absent optional has none, a variant is a message with one field. Ids are not written: a checkpoint
// has none. Zeros and falses are written too, since they need not be the default of a member that is read.
namespace basalt {
namespace recording {
namespace {

template <class T>
concept Integer = std::is_integral_v<T> || std::is_enum_v<T>;

template <class T>
constexpr std::uint64_t to_scalar(T value) {
  if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
    return static_cast<std::uint64_t>(value);
  } else {
    return wire::zigzag(value);
  }
}
template <class T>
constexpr T from_scalar(std::uint64_t scalar) {
  if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
    return static_cast<T>(scalar);
  } else {
    return static_cast<T>(wire::from_zigzag(scalar));
  }
}

/// How a kind of type is put into a field and got out of one.
template <class T>
struct Codec;

template <class T>
void put(std::string& out, std::uint32_t number, const T& value) {
  Codec<T>::put(out, number, value);
}

void put_scalar(std::string& out, std::uint32_t number, std::uint64_t scalar) {
  wire::put_varint(out, std::uint64_t{number} << 3U);
  wire::put_varint(out, scalar);
}
void put_bytes(std::string& out, std::uint32_t number, std::string_view bytes) {
  wire::put_varint(out, (std::uint64_t{number} << 3U) | 2U);
  wire::put_varint(out, bytes.size());
  out += bytes;
}

/// A message is what its members are put as.
template <class... Members>
std::string message_of(const std::tuple<Members&...>& all) {
  std::string message;
  std::apply(
      [&](const auto&... member) {
        std::uint32_t number = 0;
        (put(message, ++number, member), ...);
      },
      all);
  return message;
}
/// What a new value has in a set by default is no part of what is read.
template <class T>
void begin_reading(T&) {}
template <class T, class Order>
void begin_reading(std::set<T, Order>& values) {
  values.clear();
}

template <class... Members>
bool read_message(std::string_view message, std::tuple<Members&...> all) {
  std::apply([](auto&... member) { (begin_reading(member), ...); }, all);
  wire::Fields fields(message);
  bool sound = true;
  while (fields.next()) {
    std::apply(
        [&](auto&... member) {
          std::uint32_t number = 0;
          ((++number == fields.number()
                ? void(sound = Codec<std::remove_reference_t<decltype(member)>>::get(fields, member) && sound)
                : void()),
           ...);
        },
        all);
  }
  return sound && !fields.malformed();
}

template <Integer T>
struct Codec<T> {
  static void put(std::string& out, std::uint32_t number, T value) { put_scalar(out, number, to_scalar(value)); }
  static bool get(wire::Fields& field, T& value) {
    value = from_scalar<T>(field.scalar());
    return true;
  }
};

template <>
struct Codec<Symbol> {
  static void put(std::string& out, std::uint32_t number, Symbol value) { put_scalar(out, number, value.number()); }
  static bool get(wire::Fields& field, Symbol& value) {
    value = Symbol(static_cast<std::uint32_t>(field.scalar()));
    return true;
  }
};

template <>
struct Codec<WallTime> {
  static void put(std::string& out, std::uint32_t number, WallTime value) {
    put_scalar(out, number, wire::zigzag(value.time_since_epoch().count()));
  }
  static bool get(wire::Fields& field, WallTime& value) {
    value = WallTime(WallTime::duration(wire::from_zigzag(field.scalar())));
    return true;
  }
};

template <>
struct Codec<std::chrono::microseconds> {
  static void put(std::string& out, std::uint32_t number, std::chrono::microseconds value) {
    put_scalar(out, number, wire::zigzag(value.count()));
  }
  static bool get(wire::Fields& field, std::chrono::microseconds& value) {
    value = std::chrono::microseconds(wire::from_zigzag(field.scalar()));
    return true;
  }
};

template <class Tag>
struct Codec<Id<Tag>> {
  static void put(std::string&, std::uint32_t, Id<Tag>) {}
  static bool get(wire::Fields&, Id<Tag>&) { return true; }
};

template <class RowId>
struct Codec<OwnId<RowId>> {
  static void put(std::string&, std::uint32_t, OwnId<RowId>) {}
  static bool get(wire::Fields&, OwnId<RowId>&) { return true; }
};

template <>
struct Codec<std::string> {
  static void put(std::string& out, std::uint32_t number, const std::string& value) { put_bytes(out, number, value); }
  static bool get(wire::Fields& field, std::string& value) {
    value = field.bytes();
    return true;
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static void put(std::string& out, std::uint32_t number, const std::vector<T>& values) {
    for (const T& value : values) recording::put(out, number, value);
  }
  static bool get(wire::Fields& field, std::vector<T>& values) { return Codec<T>::get(field, values.emplace_back()); }
};
template <class Tag>
struct Codec<std::vector<Id<Tag>>> : Codec<Id<Tag>> {
  static void put(std::string&, std::uint32_t, const std::vector<Id<Tag>>&) {}
  static bool get(wire::Fields&, std::vector<Id<Tag>>&) { return true; }
};

template <class T, class Order>
struct Codec<std::set<T, Order>> {
  static void put(std::string& out, std::uint32_t number, const std::set<T, Order>& values) {
    for (const T& value : values) recording::put(out, number, value);
  }
  static bool get(wire::Fields& field, std::set<T, Order>& values) {
    T value;
    const bool sound = Codec<T>::get(field, value);
    values.insert(std::move(value));
    return sound;
  }
};

/// A list in a message of its own, so that an empty one differs from none.
template <class T>
struct Codec<std::optional<std::vector<T>>> {
  static void put(std::string& out, std::uint32_t number, const std::optional<std::vector<T>>& values) {
    if (values) put_bytes(out, number, message_of(std::tie(*values)));
  }
  static bool get(wire::Fields& field, std::optional<std::vector<T>>& values) {
    values.emplace();
    return read_message(field.bytes(), std::tie(*values));
  }
};
template <class T>
struct Codec<std::optional<T>> {
  static void put(std::string& out, std::uint32_t number, const std::optional<T>& value) {
    if (value) recording::put(out, number, *value);
  }
  static bool get(wire::Fields& field, std::optional<T>& value) { return Codec<T>::get(field, value.emplace()); }
};

template <class First, class Second>
struct Codec<std::pair<First, Second>> {
  static void put(std::string& out, std::uint32_t number, const std::pair<First, Second>& value) {
    put_bytes(out, number, message_of(std::tie(value.first, value.second)));
  }
  static bool get(wire::Fields& field, std::pair<First, Second>& value) {
    return read_message(field.bytes(), std::tie(value.first, value.second));
  }
};

/// One field, numbered by the alternative.
template <class... Alternatives>
struct Codec<std::variant<Alternatives...>> {
  using Value = std::variant<Alternatives...>;
  static std::string message(const Value& value) {
    std::string made;
    std::visit([&](const auto& held) { recording::put(made, static_cast<std::uint32_t>(value.index()) + 1, held); },
               value);
    return made;
  }
  static bool read(std::string_view message, Value& value) {
    wire::Fields fields(message);
    return fields.next() && read_alternative(fields, value, std::index_sequence_for<Alternatives...>{}) &&
           !fields.next() && !fields.malformed();
  }
  static void put(std::string& out, std::uint32_t number, const Value& value) {
    put_bytes(out, number, message(value));
  }
  static bool get(wire::Fields& field, Value& value) { return read(field.bytes(), value); }

 private:
  template <std::size_t... kIndex>
  static bool read_alternative(wire::Fields& field, Value& value, std::index_sequence<kIndex...>) {
    bool sound = false;
    ((field.number() == kIndex + 1 ? void(sound = Codec<Alternatives>::get(field, value.template emplace<kIndex>()))
                                   : void()),
     ...);
    return sound;
  }
};

template <>
struct Codec<LabelSet> {
  static void put(std::string& out, std::uint32_t number, const LabelSet& labels) {
    put_bytes(out, number, message_of(std::tie(labels.pairs())));
  }
  static bool get(wire::Fields& field, LabelSet& labels) {
    std::vector<std::pair<Symbol, Symbol>> pairs;
    const bool sound = read_message(field.bytes(), std::tie(pairs));
    labels = LabelSet(std::move(pairs));
    return sound;
  }
};

template <>
struct Codec<Resources> {
  static void put(std::string& out, std::uint32_t number, const Resources& resources) {
    std::vector<std::int64_t> amounts;
    for (Dimension kind = 0; kind < resources.width(); ++kind) amounts.push_back(resources[kind]);
    put_bytes(out, number, message_of(std::tie(amounts)));
  }
  static bool get(wire::Fields& field, Resources& resources) {
    std::vector<std::int64_t> amounts;
    if (!read_message(field.bytes(), std::tie(amounts)) || amounts.size() > Resources::kMaxDimensions) return false;
    for (Dimension kind = 0; kind < amounts.size(); ++kind) resources.set(kind, amounts[kind]);
    return true;
  }
};

template <>
struct Codec<Limits> {
  static void put(std::string& out, std::uint32_t number, const Limits& limits) {
    std::vector<std::pair<Dimension, std::int64_t>> bounds;
    for (Dimension kind = 0; kind < Resources::kMaxDimensions; ++kind) {
      if (const auto bound = limits[kind]) bounds.emplace_back(kind, *bound);
    }
    put_bytes(out, number, message_of(std::tie(bounds)));
  }
  static bool get(wire::Fields& field, Limits& limits) {
    std::vector<std::pair<Dimension, std::int64_t>> bounds;
    bool sound = read_message(field.bytes(), std::tie(bounds));
    for (const auto& [kind, bound] : bounds) {
      sound = sound && kind < Resources::kMaxDimensions;
      if (sound) limits.set(kind, bound);
    }
    return sound;
  }
};

template <class T>
requires requires(T& value) { members(value); }
struct Codec<T> {
  static void put(std::string& out, std::uint32_t number, const T& value) {
    put_bytes(out, number, message_of(members(value)));
  }
  static bool get(wire::Fields& field, T& value) { return read_message(field.bytes(), members(value)); }
};

}  // namespace
}  // namespace recording

std::uint64_t digest_of(std::string_view decisions) {
  return fold_bytes(kEmptyHash, decisions.data(), decisions.size());
}

std::string encode(const Frame& frame) { return recording::Codec<Frame>::message(frame); }

Result<Frame> decode_frame(std::string_view message) {
  Result<Frame> frame = Frame();  // read in place: GCC 12 takes a variant that is moved for uninitialised
  if (recording::Codec<Frame>::read(message, *frame)) return frame;
  return Error{ErrorCode::invalid, "not a frame of a recording: malformed message"};
}

}  // namespace basalt
