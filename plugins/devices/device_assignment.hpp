#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace basalt {

/// What one container gets of one GPU.
struct DeviceShare {
  std::string uuid;
  std::string type;         ///< the vendor: "NVIDIA"
  std::int64_t memory = 0;  ///< MiB
  std::int64_t cores = 0;   ///< percent
  bool operator==(const DeviceShare&) const = default;
};
/// What the containers of a pod get, of those that asked.
using DeviceAssignment = std::vector<std::vector<DeviceShare>>;

/// `UUID,type,memory,cores:` for each GPU, containers separated by ';': the annotations volcano.sh/vgpu-ids-new and
/// volcano.sh/devices-to-allocate, which Volcano's device plugin reads.
std::string print_assignment(const DeviceAssignment& assignment);

/// The inverse. What is no share is left out, as Volcano does: other programs may write it too.
DeviceAssignment parse_assignment(std::string_view text);

}  // namespace basalt
