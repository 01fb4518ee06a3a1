#include "plugins/devices/device_inventory.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace basalt {
namespace {

constexpr std::string_view kRegister = "volcano.sh/node-vgpu-register";
constexpr std::string_view kUnhealthy = "volcano.sh/gpu-unhealthy-ids";
constexpr std::int64_t kMilli = 1000;                         // kinds with a domain are counted in thousandths
constexpr std::int64_t kMostMemory = std::int64_t{1} << 36U;  // MiB: far beyond any GPU
constexpr std::int64_t kMostSlots = 1'000'000;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return parts;
}

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > most) return std::nullopt;
  return number;
}

Error malformed(std::string_view what, std::string_view found) {
  std::string message(kRegister);
  message.append(": expected ").append(what).append(", got '").append(found).append("'");
  return Error{ErrorCode::invalid, std::move(message)};
}

std::int64_t units(const Cluster& cluster, NodeId node, std::string_view kind) {
  const auto known = cluster.schema().find(kind);
  return known ? cluster.nodes()[node].allocatable[*known] / kMilli : 0;
}

DeviceInventory registered(const Cluster& cluster, NodeId node) {
  const std::string* text = find_value(cluster.nodes()[node].devices, kRegister);
  if (text == nullptr) return {};
  auto parsed = parse_device_register(*text);
  DeviceInventory inventory;
  if (parsed) {
    inventory = std::move(*parsed);
  } else {
    inventory.fault = parsed.error().message;
  }
  inventory.is_offered = units(cluster, node, "volcano.sh/vgpu-number") > 0 &&
                         units(cluster, node, "volcano.sh/vgpu-memory") > 0 &&
                         units(cluster, node, "volcano.sh/vgpu-cores") > 0;
  return inventory;
}

/// Cards that are counted, not listed: their numbers are their names.
DeviceInventory counted(const Cluster& cluster, NodeId node) {
  DeviceInventory inventory;
  const std::int64_t cards = units(cluster, node, "volcano.sh/gpu-number");
  const std::int64_t memory = units(cluster, node, "volcano.sh/gpu-memory");
  const std::string* unhealthy = find_value(cluster.nodes()[node].devices, kUnhealthy);
  for (std::int64_t card = 0; card < std::min<std::int64_t>(cards, kMostDevices); ++card) {
    Device& device = inventory.devices.emplace_back();
    device.uuid = std::to_string(card);
    device.slots = kMostSlots;
    device.memory = memory / cards;
    if (unhealthy == nullptr) continue;
    const auto ids = split(*unhealthy, ',');
    device.healthy = std::find(ids.begin(), ids.end(), device.uuid) == ids.end();
  }
  return inventory;
}

}  // namespace

Result<DeviceInventory> parse_device_register(std::string_view text) {
  DeviceInventory inventory;
  for (const std::string_view entry : split(text, ':')) {
    if (entry.empty()) continue;
    const auto fields = split(entry, ',');
    if (fields.size() < 6) return malformed("UUID,count,memory,type,health,mode", entry);
    const bool is_known = std::any_of(inventory.devices.begin(), inventory.devices.end(),
                                      [&](const Device& device) { return device.uuid == fields[0]; });
    if (fields[0].empty() || is_known) return malformed("each UUID once", fields[0]);
    const auto slots = parse_number(fields[1], kMostSlots);
    const auto memory = parse_number(fields[2], kMostMemory);
    if (!slots) return malformed("a count from 0 to 1000000", fields[1]);
    if (!memory) return malformed("memory in MiB", fields[2]);
    if (inventory.devices.size() < kMostDevices) {
      inventory.devices.push_back({std::string(fields[0]), *slots, *memory, std::string(fields[3]),
                                   fields[4] == "true" || fields[4] == "True" || fields[4] == "1"});
    }
    inventory.mode = fields[5].empty() ? "hami-core" : std::string(fields[5]);
  }
  return inventory;
}

DeviceInventory device_inventory(const Cluster& cluster, NodeId node, DeviceContract contract) {
  return contract == DeviceContract::vgpu ? registered(cluster, node) : counted(cluster, node);
}

}  // namespace basalt
