#include "plugins/devices/device_assignment.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace basalt {
namespace {

/// Takes what comes before the separator off the text.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

// Far beyond any GPU, and small enough to be added up.
constexpr std::int64_t kMostMemory = std::int64_t{1} << 36U;
constexpr std::int64_t kMostCores = 10'000;

std::optional<std::int64_t> parse_amount(std::string_view text, std::int64_t most) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{} || end != text.data() + text.size() || amount < 0 || amount > most) return std::nullopt;
  return amount;
}

std::optional<DeviceShare> parse_share(std::string_view text) {
  const std::string_view uuid = take(text, ',');
  const std::string_view type = take(text, ',');
  const auto memory = parse_amount(take(text, ','), kMostMemory);
  const auto cores = parse_amount(take(text, ','), kMostCores);
  if (uuid.empty() || !memory || !cores) return std::nullopt;
  return DeviceShare{std::string(uuid), std::string(type), *memory, *cores};
}

}  // namespace

std::string print_assignment(const DeviceAssignment& assignment) {
  std::string text;
  bool is_first = true;
  for (const std::vector<DeviceShare>& container : assignment) {
    if (!is_first) text += ';';
    is_first = false;
    for (const DeviceShare& share : container) {
      text +=
          share.uuid + ',' + share.type + ',' + std::to_string(share.memory) + ',' + std::to_string(share.cores) + ':';
    }
  }
  return text;
}

DeviceAssignment parse_assignment(std::string_view text) {
  DeviceAssignment assignment;
  while (!text.empty()) {
    std::string_view container = take(text, ';');
    std::vector<DeviceShare>& shares = assignment.emplace_back();
    while (!container.empty()) {
      if (auto share = parse_share(take(container, ':'))) shares.push_back(std::move(*share));
    }
  }
  return assignment;
}

}  // namespace basalt
