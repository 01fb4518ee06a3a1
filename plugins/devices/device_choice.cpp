#include "plugins/devices/device_choice.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <string>

namespace basalt {
namespace {

constexpr std::int32_t kAllCores = 100;
constexpr std::string_view kVendor = "NVIDIA";

constexpr std::string_view kNone = "node(s) had no shared GPUs";
constexpr std::string_view kFault = "node(s) had a list of GPUs that cannot be understood";
constexpr std::string_view kMode = "node(s) shared their GPUs in another mode";
constexpr std::string_view kUnsupportedMode = "unsupported: node(s) shared their GPUs in mode mig";
constexpr std::string_view kUnsupportedPolicy = "unsupported: annotation volcano.sh/vgpu-podgroup-policy";
constexpr std::string_view kTooFew = "node(s) had too few GPUs of the kind asked for";
constexpr std::string_view kNoRoom = "node(s) had no GPU with enough memory or cores left";
constexpr std::string_view kNoCard = "node(s) had no GPU with enough memory left";
constexpr std::string_view kNoFreeCard = "node(s) had too few GPUs that nobody uses";

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

/// Whether `matches` holds for an entry of a list with commas.
template <class Matches>
bool any_in(std::string_view list, Matches&& matches) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (matches(list.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

/// What a pod says about the GPUs it may get.
class Wishes {
 public:
  explicit Wishes(const StringPairs& wishes)
      : use_type_(find_value(wishes, "nvidia.com/use-gputype")),
        no_type_(find_value(wishes, "nvidia.com/nouse-gputype")),
        use_uuid_(find_value(wishes, "volcano.sh/vgpu-use-gpuuuid")),
        no_uuid_(find_value(wishes, "volcano.sh/vgpu-nouse-gpuuuid")) {}

  [[nodiscard]] bool allow(const Device& device) const {
    if (device.type.find(kVendor) == std::string::npos) return false;
    if (use_uuid_ != nullptr && !lists(*use_uuid_, device)) return false;
    if (no_uuid_ != nullptr && lists(*no_uuid_, device)) return false;
    if (use_type_ != nullptr) return is_of(*use_type_, device);  // then the other list does not count
    return no_type_ == nullptr || !is_of(*no_type_, device);
  }

 private:
  static bool is_of(std::string_view types, const Device& device) {
    const std::string type = upper(device.type);
    return any_in(types, [&](std::string_view part) { return type.find(upper(part)) != std::string::npos; });
  }
  static bool lists(std::string_view uuids, const Device& device) {
    return any_in(uuids, [&](std::string_view uuid) { return uuid == device.uuid; });
  }

  const std::string* use_type_;
  const std::string* no_type_;
  const std::string* use_uuid_;
  const std::string* no_uuid_;
};

std::int64_t memory_of(const DeviceRequest& request, const Device& device) {
  return request.memory > 0 ? request.memory
                            : device.memory * std::min<std::int64_t>(request.memory_percentage, 100) / 100;
}

bool has_room(const DeviceRequest& request, const Device& device, const DeviceLoad& load) {
  if (load.users >= device.slots) return false;
  if (memory_of(request, device) > device.memory - load.memory) return false;
  if (request.cores > kAllCores - load.cores) return false;
  if (request.cores == kAllCores && load.users > 0) return false;
  return request.cores > 0 || load.cores < kAllCores;
}

using Numbers = std::array<std::uint8_t, kMostDevices>;

/// The numbers of the GPUs in the order in which they are tried.
std::size_t put_in_order(const DeviceInventory& inventory, const DeviceLoads& loads, DeviceOrder order,
                         Numbers& numbers) {
  const std::size_t count = inventory.devices.size();
  std::iota(numbers.begin(), numbers.end(), std::uint8_t{0});
  const auto end = numbers.begin() + static_cast<std::ptrdiff_t>(count);
  switch (order) {
    case DeviceOrder::last_first: std::reverse(numbers.begin(), end); break;
    case DeviceOrder::binpack:
      std::stable_sort(numbers.begin(), end, [&](auto a, auto b) { return loads[a].memory > loads[b].memory; });
      break;
    case DeviceOrder::spread:
      std::stable_sort(numbers.begin(), end, [&](auto a, auto b) { return loads[a].users < loads[b].users; });
      break;
  }
  return count;
}

/// Whether what the pod says about modes and policies can be kept here.
Fit check_node(const Spec& spec, const DeviceInventory& inventory) {
  if (!inventory.fault.empty()) return Fit::never({kFault, {}});
  if (inventory.devices.empty() || !inventory.is_offered) return Fit::never({kNone, {}});
  const std::string* mode = find_value(spec.device_wishes, "volcano.sh/vgpu-mode");
  if (mode != nullptr && *mode != inventory.mode) return Fit::never({kMode, {}});
  if (inventory.mode == "mig") return Fit::never({kUnsupportedMode, {}});
  if (find_value(spec.device_wishes, "volcano.sh/vgpu-podgroup-policy") != nullptr) {
    return Fit::never({kUnsupportedPolicy, {}});
  }
  return Fit::yes();
}

}  // namespace

DeviceChoice choose_shares(const Spec& spec, const DeviceInventory& inventory, const DeviceLoads& loads,
                           DeviceOrder order) {
  DeviceChoice choice;
  choice.fit = check_node(spec, inventory);
  if (!choice.fit) return choice;
  const Wishes wishes(spec.device_wishes);
  DeviceLoads then = loads;
  for (std::size_t container = 0; container < spec.device_requests.size(); ++container) {
    const DeviceRequest& request = spec.device_requests[container];
    Numbers numbers{};
    const std::size_t count = put_in_order(inventory, then, order, numbers);
    std::int64_t missing = request.number;
    std::int64_t suitable = 0;  // were nobody there
    for (std::size_t i = 0; i < count && missing > 0; ++i) {
      const Device& device = inventory.devices[numbers[i]];
      if (!device.healthy || !wishes.allow(device) || !has_room(request, device, {})) continue;
      ++suitable;
      if (!has_room(request, device, then[numbers[i]])) continue;
      const DeviceLoad load{memory_of(request, device), static_cast<std::int32_t>(request.cores), 1};
      choice.chosen.push_back({container, numbers[i], load});
      then[numbers[i]] += load;
      --missing;
    }
    if (missing == 0) continue;
    choice.fit = suitable < request.number ? Fit::never({kTooFew, {}}) : Fit::no({kNoRoom, {}});
    choice.chosen.clear();
    return choice;
  }
  return choice;
}

DeviceChoice choose_card_with(std::int64_t memory, const DeviceInventory& inventory, const DeviceLoads& loads) {
  DeviceChoice choice;
  bool is_possible = false;
  for (std::size_t card = 0; card < inventory.devices.size(); ++card) {
    const Device& device = inventory.devices[card];
    if (!device.healthy || memory > device.memory) continue;
    is_possible = true;
    if (memory > device.memory - loads[card].memory) continue;
    choice.chosen.push_back({0, card, DeviceLoad{memory, 0, 1}});
    return choice;
  }
  choice.fit = is_possible ? Fit::no({kNoCard, {}}) : Fit::never({kNoCard, {}});
  return choice;
}

DeviceChoice choose_free_cards(std::int64_t cards, const DeviceInventory& inventory, const DeviceLoads& loads) {
  DeviceChoice choice;
  std::int64_t healthy = 0;
  for (std::size_t card = 0; card < inventory.devices.size(); ++card) {
    if (!inventory.devices[card].healthy) continue;
    ++healthy;
    if (loads[card].users > 0 || static_cast<std::int64_t>(choice.chosen.size()) == cards) continue;
    choice.chosen.push_back({0, card, DeviceLoad{0, 0, 1}});
  }
  if (static_cast<std::int64_t>(choice.chosen.size()) == cards) return choice;
  choice.chosen.clear();
  choice.fit = healthy < cards ? Fit::never({kNoFreeCard, {}}) : Fit::no({kNoFreeCard, {}});
  return choice;
}

}  // namespace basalt
