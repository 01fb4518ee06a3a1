#include "config/near_miss.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace basalt {
namespace {

// Longer names are not compared: nobody misspells them, and the table below would grow with whatever a file contains.
constexpr std::size_t kLongestName = 128;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

// Edits that turn one text into the other (optimal string alignment), three rows of the table at a time.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> two_above(to.size() + 1);
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::swap(two_above, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const char here = lower(from[i - 1]);
      const char there = lower(to[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (here == there ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && here == lower(to[j - 2]) && lower(from[i - 2]) == there;
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[to.size()];
}

}  // namespace

std::string_view find_near_miss(std::string_view name, std::span<const std::string_view> known) {
  if (name.size() > kLongestName) return {};
  std::string_view nearest;
  std::size_t fewest = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t edits = distance(name, candidate);
    if (edits >= fewest || edits >= name.size()) continue;
    fewest = edits;
    nearest = candidate;
  }
  return nearest;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
  const std::string_view meant = find_near_miss(name, known);
  return meant.empty() ? std::string() : " (did you mean '" + std::string(meant) + "'?)";
}

}  // namespace basalt
