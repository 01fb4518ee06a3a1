#pragma once

#include <cstdint>
#include <optional>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"
#include "plugins/devices/device_choice.hpp"
#include "plugins/devices/device_use.hpp"

namespace basalt {

/// What a task would get of a node's GPUs, for the filter, the score and the choice itself.
class DeviceChooser {
 public:
  /// None of these must go before the chooser.
  DeviceChooser(const Cluster& cluster, const DeviceUse& use, std::optional<DeviceContract> contract, DeviceOrder order)
      : cluster_(cluster), use_(use), contract_(contract), order_(order) {}

  /// Whether the pod asks for GPUs in the words of the contract.
  [[nodiscard]] bool applies(const Spec& spec) const;
  /// REQUIRES: `applies(spec)`. Given what is in use now.
  [[nodiscard]] DeviceChoice choose(const Spec& spec, NodeId node) const { return choose(spec, node, use_.held(node)); }
  /// The same once everything that is leaving has left.
  [[nodiscard]] DeviceChoice choose_later(const Spec& spec, NodeId node) const;
  [[nodiscard]] const DeviceInventory& inventory(NodeId node) const { return use_.inventory(node, *contract_); }
  [[nodiscard]] const DeviceLoads& held(NodeId node) const { return use_.held(node); }

 private:
  [[nodiscard]] DeviceChoice choose(const Spec& spec, NodeId node, const DeviceLoads& loads) const;
  [[nodiscard]] std::int64_t asked(const Spec& spec, std::string_view kind) const;

  const Cluster& cluster_;
  const DeviceUse& use_;
  std::optional<DeviceContract> contract_;  // none: sharing is switched off
  DeviceOrder order_;
};

/// Refuses nodes that have no GPUs for the task, nor will have once everything that is leaving has left.
class DeviceFilter final : public FilterTerm {
 public:
  explicit DeviceFilter(const DeviceChooser& chooser) : chooser_(chooser) {}
  [[nodiscard]] std::string_view name() const override { return "devices"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return chooser_.applies(spec); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const DeviceChooser& chooser_;
};

/// Of each GPU that the task would get: how much of its memory would be in use, in points of 100 (`binpack`), or 100
/// points where it has no user (`spread`). Summed, as in Volcano: a pod on eight GPUs scores up to 800.
class DeviceScore final : public ScoreTerm {
 public:
  DeviceScore(const DeviceChooser& chooser, DeviceOrder policy, std::int64_t weight)
      : chooser_(chooser), policy_(policy), weight_(weight) {}
  [[nodiscard]] std::string_view name() const override { return "devices"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row, Input::node_usage}; }
  [[nodiscard]] std::int64_t weight() const override { return weight_; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return chooser_.applies(spec); }
  void score(const TaskView& task, std::span<const NodeId> nodes, std::span<Score> out) const override;

 private:
  const DeviceChooser& chooser_;
  DeviceOrder policy_;
  std::int64_t weight_;
};

}  // namespace basalt
