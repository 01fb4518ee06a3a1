#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"

namespace basalt::tools {

/// A command line: `--name=value`, `--name value`, `--switch`, and words.
struct CommandLine {
  std::map<std::string, std::string, std::less<>> values;  ///< of flags; of a switch "true"
  std::vector<std::string> words;

  [[nodiscard]] bool has(std::string_view flag) const { return values.contains(flag); }
  [[nodiscard]] std::string value(std::string_view flag) const {
    const auto found = values.find(flag);
    return found == values.end() ? std::string() : found->second;
  }
  /// The value as a number; nothing when the flag is not given. Fails on what is no number.
  [[nodiscard]] Result<std::optional<std::uint64_t>> number(std::string_view flag) const {
    if (!has(flag)) return std::optional<std::uint64_t>();
    const std::string text = value(flag);
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc{} && end == text.data() + text.size() && !text.empty()) return std::optional(number);
    return Error{ErrorCode::invalid, "--" + std::string(flag) + "=" + text + ": expected a number"};
  }
};

/// `flags` take a value, `switches` none. Fails on any other.
inline Result<CommandLine> read_command_line(int argc, const char* const* argv,
                                             const std::vector<std::string_view>& flags,
                                             const std::vector<std::string_view>& switches) {
  CommandLine line;
  const auto is_one_of = [](const std::vector<std::string_view>& names, std::string_view name) {
    for (const std::string_view known : names) {
      if (known == name) return true;
    }
    return false;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) {
      line.words.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    if (is_one_of(switches, name) && equals == std::string_view::npos) {
      line.values[name] = "true";
    } else if (!is_one_of(flags, name)) {
      return Error{ErrorCode::invalid, "unknown flag --" + name};
    } else if (equals != std::string_view::npos) {
      line.values[name] = word.substr(equals + 1);
    } else if (i + 1 < argc) {
      line.values[name] = argv[++i];
    } else {
      return Error{ErrorCode::invalid, "--" + name + " without a value"};
    }
  }
  return line;
}

}  // namespace basalt::tools
