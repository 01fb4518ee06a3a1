#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "basalt/framework/cluster.hpp"

namespace basalt {

/// A GPU that several pods may share.
struct Device {
  std::string uuid;
  std::int64_t slots = 0;   ///< pods that may use it at once
  std::int64_t memory = 0;  ///< in the units of its contract: MiB
  std::string type;         ///< "NVIDIA-Tesla T4"
  bool healthy = true;
  bool operator==(const Device&) const = default;
};

/// GPUs of a node beyond this many are not counted, and not given out.
inline constexpr std::size_t kMostDevices = 16;

/// The GPUs of a node, in the order in which they are numbered.
struct DeviceInventory {
  std::vector<Device> devices;
  std::string mode = "hami-core";  ///< how they are shared: hami-core, mig or mps
  bool is_offered = true;          ///< the node has some of each resource that the contract wants beside the list
  std::string fault;               ///< why what the node says could not be understood; empty: nothing is wrong
  bool operator==(const DeviceInventory&) const = default;
};

/// What a device plugin registers: `UUID,count,memory,type,health,mode` for each GPU, each ended by ':'. The mode of
/// the last stands for the node. Source: Volcano's annotation volcano.sh/node-vgpu-register.
Result<DeviceInventory> parse_device_register(std::string_view text);

/// How GPUs are shared: who says what a node has, and in which words pods ask.
enum class DeviceContract : std::uint8_t {
  vgpu,        ///< volcano.sh/vgpu-number, vgpu-memory, vgpu-cores; GPUs in an annotation of the node
  gpu_memory,  ///< volcano.sh/gpu-memory: memory of one card; cards by counts, all equal
  gpu_number,  ///< volcano.sh/gpu-number: whole cards
};

/// What a node has under a contract. Which GPUs are listed under vgpu depends on `Node::devices` alone.
DeviceInventory device_inventory(const Cluster& cluster, NodeId node, DeviceContract contract);

}  // namespace basalt
