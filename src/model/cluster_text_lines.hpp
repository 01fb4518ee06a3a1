#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"

/// Lines of the text format, taken apart: which kind, which name, which attributes.
namespace basalt::text {

struct Attribute {
  std::string key, value;
};

/// One line, taken apart. Without a kind it is empty, or a comment.
struct Line {
  std::size_t number = 0;
  std::string kind, name;
  std::vector<Attribute> attributes;
};

/// "line 3: node n1: <what>".
Error complain(const Line& line, const std::string& what);
Result<Line> take_apart(const std::string& raw, std::size_t number);
/// The names that a line stands for: "n{1..3}" -> n1, n2, n3.
Result<std::vector<std::string>> expand(const Line& line);

/// A whole number, and nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace basalt::text
