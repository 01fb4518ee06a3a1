#include "plugins/devices/device_use.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "plugins/devices/device_assignment.hpp"

namespace basalt {
namespace {

constexpr std::string_view kShares = "volcano.sh/vgpu-ids-new";
constexpr std::string_view kCards = "volcano.sh/gpu-index";
constexpr std::int64_t kMilli = 1000;

/// Cards that are counted have their number as a name, whatever the node says it has at the moment. Nothing: there
/// can be no such card.
DeviceLoad* find_load(std::string_view card, DeviceLoads& loads) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(card.data(), card.data() + card.size(), number);
  return error != std::errc{} || end != card.data() + card.size() || number >= loads.size() ? nullptr : &loads[number];
}

/// Nothing: another program wrote of a GPU that the node has not.
DeviceLoad* find_load(const DeviceInventory& inventory, std::string_view uuid, DeviceLoads& loads) {
  const auto found = std::find_if(inventory.devices.begin(), inventory.devices.end(),
                                  [&](const Device& device) { return device.uuid == uuid; });
  return found == inventory.devices.end() ? nullptr
                                          : &loads[static_cast<std::size_t>(found - inventory.devices.begin())];
}

std::int64_t asked(const Cluster& cluster, TaskId task, std::string_view kind) {
  const auto known = cluster.schema().find(kind);
  return known ? (cluster.spec(task).request[*known] + kMilli - 1) / kMilli : 0;
}

void add(DeviceLoads& to, const DeviceLoads& loads) {
  for (std::size_t i = 0; i < kMostDevices; ++i) to[i] += loads[i];
}
void subtract(DeviceLoads& from, const DeviceLoads& loads) {
  for (std::size_t i = 0; i < kMostDevices; ++i) from[i] -= loads[i];
}

}  // namespace

DeviceUse::~DeviceUse() {
  if (cluster_ == nullptr) return;
  cluster_->detach(*this);
  cluster_->remove_node_column(*held_);
  cluster_->remove_node_column(*leaving_);
}

void DeviceUse::attach(Cluster& cluster) {
  cluster_ = &cluster;
  held_ = &cluster.add_node_column<DeviceLoads>();
  leaving_ = &cluster.add_node_column<DeviceLoads>();
  cluster.attach(*this);
}

const DeviceInventory& DeviceUse::inventory(NodeId node, DeviceContract contract) const {
  const Inventories& inventories = inventories_[node.slot()];
  return contract == DeviceContract::vgpu ? inventories.shared : inventories.cards;
}

/// False: it holds no GPU here.
bool DeviceUse::loads_of(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations,
                         DeviceLoads& loads) const {
  if (annotations.empty()) return false;
  if (const std::string* shares = find_value(annotations, kShares)) {
    const DeviceInventory& inventory = inventories_[node.slot()].shared;
    for (const auto& container : parse_assignment(*shares)) {
      for (const DeviceShare& share : container) {
        DeviceLoad* load = find_load(inventory, share.uuid, loads);
        if (load != nullptr) *load += DeviceLoad{share.memory, static_cast<std::int32_t>(share.cores), 1};
      }
    }
    return true;
  }
  const std::string* cards = find_value(annotations, kCards);
  if (cards == nullptr) return false;
  const std::int64_t memory = asked(cluster, task, "volcano.sh/gpu-memory");
  for (std::string_view rest = *cards; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    DeviceLoad* load = find_load(rest.substr(0, comma), loads);
    if (load != nullptr) *load += DeviceLoad{memory, 0, 1};
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return true;
}

void DeviceUse::placed(const Cluster& cluster, TaskId task, NodeId node) {
  DeviceLoads loads{};
  if (!loads_of(cluster, task, node, cluster.tasks()[task].assigned, loads)) return;
  if (cluster.status(task) == TaskStatus::pipelined) return;
  add(held_->edit(node), loads);
  if (cluster.status(task) == TaskStatus::releasing) add(leaving_->edit(node), loads);
}

void DeviceUse::removed(const Cluster& cluster, TaskId task, NodeId node) {
  DeviceLoads loads{};
  if (!loads_of(cluster, task, node, cluster.tasks()[task].assigned, loads)) return;
  if (cluster.status(task) == TaskStatus::pipelined) return;
  subtract(held_->edit(node), loads);
  if (cluster.status(task) == TaskStatus::releasing) subtract(leaving_->edit(node), loads);
}

void DeviceUse::assigned(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations) {
  DeviceLoads loads{};
  if (loads_of(cluster, task, node, annotations, loads)) add(held_->edit(node), loads);
}

/// Around a row with another list of GPUs, tasks are taken off the node and put on it again.
void DeviceUse::node_changed(const Cluster& cluster, NodeId node) {
  if (inventories_.size() <= node.slot()) inventories_.resize(node.slot() + std::size_t{1});
  inventories_[node.slot()] = {device_inventory(cluster, node, DeviceContract::vgpu),
                               device_inventory(cluster, node, DeviceContract::gpu_memory)};
}

void DeviceUse::node_removed(const Cluster&, NodeId node) { inventories_[node.slot()] = {}; }

}  // namespace basalt
