#include "plugins/deviceshare/device_terms.hpp"

namespace basalt {
namespace {

constexpr std::int64_t kMilli = 1000;  // kinds with a domain are counted in thousandths
constexpr std::string_view kCardMemory = "volcano.sh/gpu-memory";
constexpr std::string_view kCards = "volcano.sh/gpu-number";

}  // namespace

std::int64_t DeviceChooser::asked(const Spec& spec, std::string_view kind) const {
  const auto known = cluster_.schema().find(kind);
  return known ? (spec.request[*known] + kMilli - 1) / kMilli : 0;
}

bool DeviceChooser::applies(const Spec& spec) const {
  if (!contract_ || !use_.is_attached()) return false;
  switch (*contract_) {
    case DeviceContract::vgpu: return !spec.device_requests.empty();
    case DeviceContract::gpu_memory: return asked(spec, kCardMemory) > 0;
    case DeviceContract::gpu_number: return asked(spec, kCards) > 0;
  }
  return false;
}

DeviceChoice DeviceChooser::choose_later(const Spec& spec, NodeId node) const {
  DeviceLoads loads = use_.held(node);
  const DeviceLoads& leaving = use_.leaving(node);
  for (std::size_t i = 0; i < loads.size(); ++i) loads[i] -= leaving[i];
  return choose(spec, node, loads);
}

DeviceChoice DeviceChooser::choose(const Spec& spec, NodeId node, const DeviceLoads& loads) const {
  const DeviceInventory& inventory = use_.inventory(node, *contract_);
  switch (*contract_) {
    case DeviceContract::vgpu: return choose_shares(spec, inventory, loads, order_);
    case DeviceContract::gpu_memory: return choose_card_with(asked(spec, kCardMemory), inventory, loads);
    case DeviceContract::gpu_number: return choose_free_cards(asked(spec, kCards), inventory, loads);
  }
  return {};
}

void DeviceFilter::filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) out[i] = chooser_.choose_later(task.spec, nodes[i]).fit;
}

void DeviceScore::score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const DeviceInventory& inventory = chooser_.inventory(nodes[i]);
    const DeviceLoads& held = chooser_.held(nodes[i]);
    for (const ChosenDevice& chosen : chooser_.choose(task.spec, nodes[i]).chosen) {
      const Device& device = inventory.devices[chosen.device];
      const DeviceLoad& load = held[chosen.device];
      if (policy_ == DeviceOrder::binpack && device.memory > 0) {
        out[i] += kMaxScore * (load.memory + chosen.load.memory) / device.memory;
      } else if (policy_ == DeviceOrder::spread && load.users == 0) {
        out[i] += kMaxScore;
      }
    }
  }
}

}  // namespace basalt
