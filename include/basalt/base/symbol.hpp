#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "basalt/base/check.hpp"

namespace basalt {

/// A string that was seen before, as a number. Two symbols of one `Symbols` are equal
/// exactly when their strings are. Their order means nothing.
class Symbol {
 public:
  constexpr Symbol() = default;
  explicit constexpr Symbol(std::uint32_t number) : number_(number) {}
  [[nodiscard]] constexpr std::uint32_t number() const { return number_; }
  constexpr bool operator==(const Symbol&) const = default;
  constexpr auto operator<=>(const Symbol&) const = default;

 private:
  std::uint32_t number_ = 0;  // 0 is the empty string
};

/// The strings behind the symbols of one cluster. Grows only: what users put into
/// labels repeats, so the set of distinct strings stays small beside the objects.
/// Not thread-safe.
class Symbols {
 public:
  Symbols() { intern(""); }

  Symbol intern(std::string_view text) {
    if (const auto known = numbers_.find(text); known != numbers_.end()) return Symbol(known->second);
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.push_back(std::make_unique<std::string>(text));
    numbers_.emplace(*texts_.back(), number);
    return Symbol(number);
  }

  /// The symbol of a string that was interned before.
  [[nodiscard]] std::optional<Symbol> find(std::string_view text) const {
    const auto known = numbers_.find(text);
    if (known == numbers_.end()) return std::nullopt;
    return Symbol(known->second);
  }

  [[nodiscard]] const std::string& text(Symbol symbol) const {
    BASALT_CHECK(symbol.number() < texts_.size(), "symbol of another table");
    return *texts_[symbol.number()];
  }

  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;  // stable addresses: the keys below point into them
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace basalt

template <>
struct std::hash<basalt::Symbol> {
  std::size_t operator()(basalt::Symbol symbol) const noexcept { return symbol.number(); }
};
