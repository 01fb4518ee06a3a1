#pragma once

#include <string_view>
#include <vector>

#include "basalt/framework/reason.hpp"
#include "basalt/model/rows.hpp"
#include "plugins/devices/device_inventory.hpp"
#include "plugins/devices/device_use.hpp"

/// Which GPUs of a node a pod gets: free functions on values.
namespace basalt {

/// In which order the GPUs of a node are tried.
enum class DeviceOrder : std::uint8_t {
  last_first,  ///< by number, the highest first: Volcano's, when no policy is configured
  binpack,     ///< the one with the most memory in use first: small pods share, whole GPUs stay whole
  spread,      ///< the one with the fewest users first
};

/// What one container gets of one GPU.
struct ChosenDevice {
  std::size_t container = 0;  ///< among those that ask
  std::size_t device = 0;     ///< its number
  DeviceLoad load;            ///< users is 1
  bool operator==(const ChosenDevice&) const = default;
};

/// The GPUs for a pod, or why there are none.
struct DeviceChoice {
  std::vector<ChosenDevice> chosen;  ///< by container
  Fit fit;
};

/// The GPUs for the containers of a spec under the vgpu contract, given what is in use: each container gets as many
/// different GPUs as it asks for, containers may share one. Exact: no GPU gets more memory, cores or users than it
/// has; 100 % of the cores is a GPU alone, and no share without cores goes where all cores are taken.
/// What the pod wishes (`Spec::device_wishes`) is kept. Unlike in Volcano, unhealthy GPUs are not given out, and a
/// percentage is of the memory of each GPU, not of the first that was looked at.
DeviceChoice choose_shares(const Spec& spec, const DeviceInventory& inventory, const DeviceLoads& loads,
                           DeviceOrder order);

/// The cards under the two older contracts: `memory` of one card that has it left, the first by number; or
/// `cards` that nobody uses.
DeviceChoice choose_card_with(std::int64_t memory, const DeviceInventory& inventory, const DeviceLoads& loads);
DeviceChoice choose_free_cards(std::int64_t cards, const DeviceInventory& inventory, const DeviceLoads& loads);

}  // namespace basalt
