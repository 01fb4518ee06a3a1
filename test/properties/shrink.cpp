#include "properties/shrink.hpp"

#include <algorithm>
#include <sstream>

namespace basalt::testing {
namespace {

using Lines = std::vector<std::string>;

bool is_marker(const std::string& line) { return line.starts_with("--"); }

Lines without(const Lines& lines, std::size_t first, std::size_t count) {
  Lines fewer;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < first || i >= first + count || is_marker(lines[i])) fewer.push_back(lines[i]);
  }
  return fewer;
}

/// Takes `fewer` if it is smaller and still fails.
bool take(Lines& lines, Lines fewer, const Fails& fails) {
  if (fewer == lines || !fails(fewer)) return false;
  lines = std::move(fewer);
  return true;
}

/// Blocks of half of all lines, then of a quarter, and so on to single lines.
bool leave_out_lines(Lines& lines, const Fails& fails) {
  bool progress = false;
  for (std::size_t size = std::max<std::size_t>(lines.size() / 2, 1); size > 0; size /= 2) {
    for (std::size_t end = lines.size(); end > 0;) {
      const std::size_t first = end > size ? end - size : 0;
      progress = take(lines, without(lines, first, end - first), fails) || progress;
      end = std::min(first, lines.size());
    }
  }
  return progress;
}

/// A cycle and what happens after it: the lines of two cycles become those of one.
bool leave_out_cycles(Lines& lines, const Fails& fails) {
  bool progress = false;
  for (std::size_t i = lines.size(); i-- > 1;) {
    if (i >= lines.size() || lines[i] != "-- then" || !lines[i - 1].starts_with("-- want")) continue;
    Lines fewer = lines;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i) - 1, fewer.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    progress = take(lines, std::move(fewer), fails) || progress;
  }
  return progress;
}

Lines words_of(const std::string& line) {
  Lines words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string join(const Lines& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

/// Attributes, and plugins and actions that are named in one line: every word but the first.
bool leave_out_words(Lines& lines, const Fails& fails) {
  bool progress = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_marker(lines[i])) continue;
    for (std::size_t word = words_of(lines[i]).size(); word-- > 1;) {
      Lines words = words_of(lines[i]);
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(word));
      Lines fewer = lines;
      fewer[i] = join(words);
      progress = take(lines, std::move(fewer), fails) || progress;
    }
  }
  return progress;
}

}  // namespace

std::vector<std::string> shrink(std::vector<std::string> lines, const Fails& fails) {
  while (leave_out_lines(lines, fails) || leave_out_cycles(lines, fails) || leave_out_words(lines, fails)) {
  }
  return lines;
}

}  // namespace basalt::testing
