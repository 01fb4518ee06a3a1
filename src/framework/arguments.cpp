#include "basalt/framework/arguments.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

namespace basalt {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What Go's strconv.ParseBool accepts.
std::optional<bool> parse_go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

// The shortest text that reads back as the same number.
std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return failure == std::errc{} ? std::string(buffer.data(), end) : std::to_string(number);
}

std::string read_from_quotes(std::string_view key, const std::string& text) {
  return "argument '" + std::string(key) + "' is the text \"" + text +
         "\", read as a number: write it without quotes (Volcano would ignore it and take the default)";
}

}  // namespace

std::string ArgumentValue::text() const {
  if (const auto* value = as_bool()) return *value ? "true" : "false";
  if (const auto* value = as_int()) return std::to_string(*value);
  if (const auto* value = as_double()) return number_text(*value);
  if (const auto* value = as_string()) return "\"" + *value + "\"";
  if (as_list() != nullptr) return "a list";
  if (as_map() != nullptr) return "a map";
  return "nothing";
}

ArgumentReader::ArgumentReader(std::string_view owner, const Arguments& arguments, Findings& findings)
    : owner_(owner), arguments_(arguments), findings_(findings), consumed_(arguments.size(), false) {}

std::int64_t ArgumentReader::integer(std::string_view key, std::int64_t fallback) {
  const ArgumentValue* value = take(key);
  if (value == nullptr) return fallback;
  if (const auto* number = value->as_int()) return *number;
  if (const auto* quoted = value->as_string()) {
    if (const auto number = parse_number<std::int64_t>(*quoted)) {
      report(Finding::Severity::note, read_from_quotes(key, *quoted));
      return *number;
    }
  }
  mismatch(key, *value, "an integer");
  return fallback;
}

double ArgumentReader::number(std::string_view key, double fallback) {
  const ArgumentValue* value = take(key);
  if (value == nullptr) return fallback;
  if (const auto* whole = value->as_int()) return static_cast<double>(*whole);
  if (const auto* number = value->as_double(); number != nullptr && std::isfinite(*number)) return *number;
  if (const auto* quoted = value->as_string()) {
    if (const auto number = parse_number<double>(*quoted); number && std::isfinite(*number)) {
      report(Finding::Severity::note, read_from_quotes(key, *quoted));
      return *number;
    }
  }
  mismatch(key, *value, "a number");
  return fallback;
}

bool ArgumentReader::boolean(std::string_view key, bool fallback) {
  const ArgumentValue* value = take(key);
  if (value == nullptr) return fallback;
  if (const auto* truth = value->as_bool()) return *truth;
  if (const auto* text = value->as_string()) {
    if (const auto truth = parse_go_bool(*text)) return *truth;
  }
  mismatch(key, *value, "true or false");
  return fallback;
}

std::string ArgumentReader::text(std::string_view key, std::string fallback) {
  const ArgumentValue* value = take(key);
  if (value == nullptr) return fallback;
  if (const auto* text = value->as_string()) return *text;
  mismatch(key, *value, "text (in quotes, if it looks like something else)");
  return fallback;
}

void ArgumentReader::without_effect(std::string_view key, std::string_view why) {
  if (take(key) == nullptr) return;
  report(Finding::Severity::without_effect, "argument '" + std::string(key) + "' has no effect: " + std::string(why));
}

std::vector<std::string> ArgumentReader::keys_with_prefix(std::string_view prefix) const {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (!consumed_[i] && arguments_[i].first.starts_with(prefix)) keys.push_back(arguments_[i].first);
  }
  return keys;
}

void ArgumentReader::report(Finding::Severity severity, std::string_view message) {
  findings_.push_back(Finding{severity, owner_ + ": " + std::string(message)});
}

void ArgumentReader::finish() {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (consumed_[i]) continue;
    consumed_[i] = true;
    report(Finding::Severity::unknown, "unknown argument '" + arguments_[i].first + "'");
  }
}

const ArgumentValue* ArgumentReader::take(std::string_view key) {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (arguments_[i].first != key) continue;
    consumed_[i] = true;
    return &arguments_[i].second;
  }
  return nullptr;
}

void ArgumentReader::mismatch(std::string_view key, const ArgumentValue& value, std::string_view expected) {
  report(Finding::Severity::wrong,
         "argument '" + std::string(key) + "' is " + value.text() + ": expected " + std::string(expected));
}

}  // namespace basalt
