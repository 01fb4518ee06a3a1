#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace basalt::kube {

/// Walks the members of one JSON object, or the elements of one array, as raw text: for cutting up big lists and for
/// reading a few fields of an object without building it. Strings, brackets and separators at the level that is walked
/// are checked, inside the values only that strings and brackets are balanced: whoever decodes a value must use a real
/// parser. Bounds-checked, no recursion. Views point into the text. Not thread-safe.
///
///     JsonScanner members(text);
///     while (members.next()) if (members.key() == "metadata") ... members.value() ...
///     if (members.malformed()) ...
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text);

  /// Moves to the next member or element. False at the end and when malformed.
  bool next();
  [[nodiscard]] bool malformed() const { return malformed_; }

  /// Name of the current member as written, without its quotes; empty in an array.
  [[nodiscard]] std::string_view key() const { return key_; }
  /// Text of the current value, without white space around it.
  [[nodiscard]] std::string_view value() const { return value_; }

 private:
  bool fail();
  bool finish();
  void skip_space();
  bool skip_string();
  bool skip_value();
  bool skip_nested();

  std::string_view text_;
  std::size_t at_ = 0;
  char closing_ = '\0';  // of what is walked: '}' or ']'
  bool first_ = true;
  bool ended_ = false;
  bool malformed_ = false;
  std::string_view key_;
  std::string_view value_;
};

/// The string that a raw JSON value holds, escapes resolved; empty when it is no valid string.
std::optional<std::string> json_string(std::string_view value);

}  // namespace basalt::kube
