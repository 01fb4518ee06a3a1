#include "basalt/model/cpu_list.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace basalt {
namespace {

std::optional<std::int32_t> parse_cpu(std::string_view text) {
  std::int32_t cpu = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  if (error != std::errc{} || end != text.data() + text.size() || cpu < 0 || cpu > kLastCpu) return std::nullopt;
  return cpu;
}

}  // namespace

Result<std::vector<std::int32_t>> parse_cpu_list(std::string_view text) {
  std::vector<std::int32_t> cpus;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = rest.substr(0, comma);
    const bool ends_in_comma = comma + 1 == rest.size();
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const std::size_t dash = std::min(part.find('-'), part.size());
    const auto first = parse_cpu(part.substr(0, dash));
    const auto last = dash == part.size() ? first : parse_cpu(part.substr(dash + 1));
    if (!first || !last || *last < *first || ends_in_comma) {
      return Error{ErrorCode::invalid, "\"" + std::string(text.substr(0, 64)) +
                                           "\": expected cpus such as 0-3,8, none above " + std::to_string(kLastCpu)};
    }
    for (std::int32_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string print_cpu_list(std::span<const std::int32_t> cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    const std::size_t first = i;
    while (i + 1 < cpus.size() && cpus[i + 1] == cpus[i] + 1) ++i;
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[first]);
    if (i > first) text += '-' + std::to_string(cpus[i]);
  }
  return text;
}

}  // namespace basalt
