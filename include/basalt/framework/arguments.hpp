#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt {

class ArgumentValue;

/// The arguments of one plugin or action as configured, in the order of the file. Each key
/// once.
using Arguments = std::vector<std::pair<std::string, ArgumentValue>>;

/// One value of a configuration file, freed from the file's format.
class ArgumentValue {
 public:
  using List = std::vector<ArgumentValue>;

  ArgumentValue() = default;                                        ///< null
  ArgumentValue(bool value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  ArgumentValue(std::int64_t value) : value_(value) {}              // NOLINT(google-explicit-constructor)
  ArgumentValue(int value) : value_(std::int64_t{value}) {}         // NOLINT(google-explicit-constructor)
  ArgumentValue(double value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  ArgumentValue(std::string value) : value_(std::move(value)) {}    // NOLINT(google-explicit-constructor)
  ArgumentValue(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  ArgumentValue(List value) : value_(std::move(value)) {}           // NOLINT(google-explicit-constructor)
  ArgumentValue(Arguments value) : value_(std::make_shared<const Arguments>(std::move(value))) {}  // NOLINT

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const double* as_double() const { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const List* as_list() const { return std::get_if<List>(&value_); }
  /// Keys of a nested map, or nullptr.
  [[nodiscard]] const Arguments* as_map() const {
    const auto* map = std::get_if<std::shared_ptr<const Arguments>>(&value_);
    return map == nullptr ? nullptr : map->get();
  }
  /// For messages: `"text"`, `3`, `true`, `a list`, `a map`, `nothing`.
  [[nodiscard]] std::string text() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, std::shared_ptr<const Arguments>> value_;
};

/// Something to say about a configuration. What is `wrong` or, unless the lenient switch is
/// on, `unknown` refuses the whole file; the rest is said once and lived with.
struct Finding {
  enum class Severity {
    wrong,           ///< a value of the wrong type or outside its range
    unknown,         ///< a name or key nobody knows: probably misspelt
    without_effect,  ///< a key that Volcano knows and this program does not need
    note,            ///< accepted, but not as it stands: an out-of-range value that became the default
  };
  Severity severity = Severity::wrong;
  std::string message;
  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

/// Reads the arguments of one plugin or action once and completely: every key must be
/// consumed, and what was not is a finding. Typing is Volcano's, but nothing is dropped in
/// silence: a number in quotes is read with a note, and any other mismatch is `wrong`.
///
///     ArgumentReader reader("binpack", arguments, findings);
///     args.weight = reader.integer("binpack.weight", 1);
///     reader.finish();
class ArgumentReader {
 public:
  /// `owner` is named in every message. References must outlive the reader.
  ArgumentReader(std::string_view owner, const Arguments& arguments, Findings& findings);

  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback);
  [[nodiscard]] double number(std::string_view key, double fallback);
  [[nodiscard]] bool boolean(std::string_view key, bool fallback);
  [[nodiscard]] std::string text(std::string_view key, std::string fallback);
  /// Marks a key as read that is accepted and changes nothing; says so if it is given.
  void without_effect(std::string_view key, std::string_view why);
  /// Keys that begin with `prefix` and are not consumed yet, in the order of the file.
  [[nodiscard]] std::vector<std::string> keys_with_prefix(std::string_view prefix) const;
  /// Adds a finding in the owner's name.
  void report(Finding::Severity severity, std::string_view message);
  /// Reports what was not consumed: "binpack: unknown argument 'binpack.wieght'".
  void finish();

 private:
  const ArgumentValue* take(std::string_view key);
  void mismatch(std::string_view key, const ArgumentValue& value, std::string_view expected);

  std::string owner_;
  const Arguments& arguments_;
  Findings& findings_;
  std::vector<bool> consumed_;
};

}  // namespace basalt
