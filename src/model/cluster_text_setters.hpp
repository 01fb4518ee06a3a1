#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/model/objects.hpp"
#include "model/cluster_text_lines.hpp"

/// What attributes of several kinds have in common.
namespace basalt::text {

/// What follows the prefix that a key begins with: "label:zone" -> "zone".
inline std::string last_part(const std::string& key, std::string_view prefix) { return key.substr(prefix.size()); }
/// "a,b" -> a, b. Nothing after the last separator is no part.
std::vector<std::string> split(std::string_view text, char separator);
/// Sets a key's value in pairs that are sorted by key.
void put(StringPairs& pairs, std::string key, std::string value);
/// Adds an amount to a list that is sorted by name. Fails where the value is no quantity.
Result<void> put_amount(NamedAmounts& amounts, const std::string& name, const std::string& value);

/// What an attribute does to an object; fails with what was expected.
template <class Object>
using Setters = std::map<std::string, std::function<Result<void>(Object&, const std::string&)>, std::less<>>;

inline Error expected(const std::string& what) { return Error{ErrorCode::invalid, "expected " + what}; }

template <class Object, class Member>
auto set_integer(Member Object::*member) {
  return [member](Object& object, const std::string& value) -> Result<void> {
    const auto number = parse_integer(value);
    if (!number) return expected("a whole number");
    object.*member = static_cast<std::int32_t>(*number);
    return {};
  };
}

template <class Object, class Member>
auto set_text(Member Object::*member) {
  return [member](Object& object, const std::string& value) -> Result<void> {
    object.*member = value;
    return {};
  };
}

}  // namespace basalt::text
