#include "basalt/model/task_topology.hpp"

#include <algorithm>
#include <optional>

namespace basalt {
namespace {

std::string_view without_spaces(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// The parts of a text between separators, without spaces around them; empty ones are left out.
std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = without_spaces(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 64;
  return "\"" + std::string(text.substr(0, kMost)) + "\"";
}

/// What an annotation says, group by group; nothing when it is absent or has a fault.
std::vector<TaskTopology::Roles> read_groups(const StringPairs& annotations, std::string_view key,
                                             std::vector<std::string>& faults) {
  const std::string* text = find_value(annotations, key);
  if (text == nullptr) return {};
  const auto leave_out = [&](const std::string& why) {
    faults.push_back("annotation " + std::string(key) + ": " + why + "; left out");
    return std::vector<TaskTopology::Roles>{};
  };
  std::vector<TaskTopology::Roles> groups;
  for (const std::string& group : parts_of(*text, ';')) {
    TaskTopology::Roles roles = parts_of(group, ',');
    if (roles.empty()) continue;
    TaskTopology::Roles sorted = roles;
    std::sort(sorted.begin(), sorted.end());
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
      return leave_out(quoted(group) + " names " + quoted(*twice) + " twice");
    }
    groups.push_back(std::move(roles));
  }
  if (groups.empty()) return leave_out(quoted(*text) + " names no role: expected names as in \"ps,worker;chief\"");
  return groups;
}

}  // namespace

TaskTopology read_task_topology(const StringPairs& annotations, std::vector<std::string>& faults) {
  TaskTopology topology;
  topology.affinity = read_groups(annotations, kTaskAffinityKey, faults);
  topology.anti_affinity = read_groups(annotations, kTaskAntiAffinityKey, faults);
  const std::vector<TaskTopology::Roles> order = read_groups(annotations, kTaskOrderKey, faults);
  if (order.size() > 1) {
    faults.push_back("annotation " + std::string(kTaskOrderKey) + ": has " + std::to_string(order.size()) +
                     " groups: expected names with commas; left out");
  } else if (!order.empty()) {
    topology.order = order.front();
  }
  return topology;
}

}  // namespace basalt
