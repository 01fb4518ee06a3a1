#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "basalt/framework/cluster.hpp"
#include "plugins/devices/device_inventory.hpp"

namespace basalt {

/// What of a GPU is in use.
struct DeviceLoad {
  std::int64_t memory = 0;  ///< in the units of its contract
  std::int32_t cores = 0;   ///< percent
  std::int32_t users = 0;   ///< containers
  DeviceLoad& operator+=(const DeviceLoad& other) {
    memory += other.memory;
    cores += other.cores;
    users += other.users;
    return *this;
  }
  DeviceLoad& operator-=(const DeviceLoad& other) {
    memory -= other.memory;
    cores -= other.cores;
    users -= other.users;
    return *this;
  }
  bool operator==(const DeviceLoad&) const = default;
};
/// By number of the GPU.
using DeviceLoads = std::array<DeviceLoad, kMostDevices>;

/// What is in use of every GPU, kept up to date with what is placed where: by the annotations of pods that are on
/// their node, and by what a session chooses. Loads are columns of the tables; inventories follow from rows. A node's
/// GPUs are shared under one contract at a time.
///
/// Made by a plugin's memory; one thread.
class DeviceUse final : public PlacementKeeper {
 public:
  DeviceUse() = default;
  DeviceUse(const DeviceUse&) = delete;
  DeviceUse& operator=(const DeviceUse&) = delete;
  /// Gives the columns back: the cluster must still be there.
  ~DeviceUse() override;

  /// Makes the columns and fills them. Called once.
  void attach(Cluster& cluster);

  /// REQUIRES: attached, as do those below.
  [[nodiscard]] const DeviceInventory& inventory(NodeId node, DeviceContract contract) const;
  /// All that is held now, by pods that are leaving too.
  [[nodiscard]] const DeviceLoads& held(NodeId node) const { return (*held_)[node]; }
  /// The part of it that pods which are being deleted hold.
  [[nodiscard]] const DeviceLoads& leaving(NodeId node) const { return (*leaving_)[node]; }
  [[nodiscard]] bool is_attached() const { return cluster_ != nullptr; }

  void placed(const Cluster& cluster, TaskId task, NodeId node) override;
  void removed(const Cluster& cluster, TaskId task, NodeId node) override;
  void assigned(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations) override;
  void node_changed(const Cluster& cluster, NodeId node) override;
  void node_removed(const Cluster& cluster, NodeId node) override;

 private:
  [[nodiscard]] bool loads_of(const Cluster& cluster, TaskId task, NodeId node, const StringPairs& annotations,
                              DeviceLoads& loads) const;

  struct Inventories {
    DeviceInventory shared, cards;
  };
  Cluster* cluster_ = nullptr;
  std::vector<Inventories> inventories_;  // by slot of a node
  Column<NodeTag, DeviceLoads>* held_ = nullptr;
  Column<NodeTag, DeviceLoads>* leaving_ = nullptr;
};

}  // namespace basalt
