#include "model/cluster_text_lines.hpp"

#include <charconv>
#include <sstream>

namespace basalt::text {

Error complain(const Line& line, const std::string& what) {
  return Error{ErrorCode::invalid,
               "line " + std::to_string(line.number) + ": " + line.kind + " " + line.name + ": " + what};
}

Result<Line> take_apart(const std::string& raw, std::size_t number) {
  Line line;
  line.number = number;
  std::istringstream words(raw.substr(0, raw.find('#')));
  if (!(words >> line.kind)) return line;
  if (line.kind == "gone") {
    std::string kind;
    words >> kind;
    line.kind += " " + kind;
  }
  if (!(words >> line.name)) return complain(line, "expected a name");
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    line.attributes.push_back(equals == std::string::npos ? Attribute{word, {}}
                                                          : Attribute{word.substr(0, equals), word.substr(equals + 1)});
  }
  return line;
}

Result<std::vector<std::string>> expand(const Line& line) {
  const std::size_t open = line.name.find('{');
  if (open == std::string::npos) return std::vector{line.name};
  const std::size_t dots = line.name.find("..", open);
  const std::size_t close = line.name.find('}', open);
  if (dots == std::string::npos || close == std::string::npos || dots > close) {
    return complain(line, "expected a range like {0..2} in the name");
  }
  const auto first = parse_integer(std::string_view(line.name).substr(open + 1, dots - open - 1));
  const auto last = parse_integer(std::string_view(line.name).substr(dots + 2, close - dots - 2));
  if (!first || !last || *first > *last || *last - *first > 1'000'000) {
    return complain(line, "expected a range of two rising numbers in the name");
  }
  std::vector<std::string> names;
  for (std::int64_t i = *first; i <= *last; ++i) {
    names.push_back(line.name.substr(0, open) + std::to_string(i) + line.name.substr(close + 1));
  }
  return names;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace basalt::text
