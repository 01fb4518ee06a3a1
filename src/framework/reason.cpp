#include "basalt/framework/reason.hpp"

#include <algorithm>
#include <vector>

namespace basalt {

std::string format(const Reason& reason, const Symbols& symbols) {
  std::string text(reason.text);
  if (const std::size_t place = text.find("{}"); place != std::string::npos) {
    text.replace(place, 2, symbols.text(reason.operand));
  }
  return text;
}

std::string FitSummary::text(const Symbols& symbols) const {
  std::uint64_t nodes = 0;
  std::vector<std::string> lines;
  for (const auto& [reason, count] : counts_) {
    nodes += count;
    lines.push_back(std::to_string(count) + " " + format(reason, symbols));
  }
  // By what is said rather than how often: a count that changes must not reorder the message.
  std::sort(lines.begin(), lines.end(), [](const std::string& left, const std::string& right) {
    return left.substr(left.find(' ')) < right.substr(right.find(' '));
  });
  std::string text = "0/" + std::to_string(nodes) + " nodes are unavailable";
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? ": " : ", ") + lines[i];
  return text + ".";
}

}  // namespace basalt
