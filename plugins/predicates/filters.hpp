#pragma once

#include <string_view>

#include "basalt/framework/cluster.hpp"
#include "basalt/framework/terms.hpp"

/// The filters of kube-scheduler that decide by one node alone. Each holds a reference to the
/// tables, which must outlive it.
namespace basalt {

/// What filters say, in kube-scheduler's words where an operand does not get in the way.
namespace reasons {
inline constexpr std::string_view kUnschedulable = "node(s) were unschedulable";
/// The operand is the taint's key.
inline constexpr std::string_view kUntoleratedTaint = "node(s) had untolerated taint {}";
inline constexpr std::string_view kNodeAffinity = "node(s) didn't match Pod's node affinity/selector";
inline constexpr std::string_view kVolumeAffinity = "node(s) had volume node affinity conflict";
inline constexpr std::string_view kHostPorts = "node(s) didn't have free ports for the requested pod ports";
}  // namespace reasons

/// Cordoned nodes, for pods that do not tolerate node.kubernetes.io/unschedulable:NoSchedule.
/// Source: kube-scheduler NodeUnschedulable.
class UnschedulableFilter final : public FilterTerm {
 public:
  explicit UnschedulableFilter(const Cluster& cluster);
  [[nodiscard]] std::string_view name() const override { return "unschedulable"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const Cluster& cluster_;
  Taint cordon_;  ///< the taint that stands for `unschedulable`
};

/// The node selector and the required node affinity. Source: kube-scheduler NodeAffinity.
class NodeAffinityFilter final : public FilterTerm {
 public:
  explicit NodeAffinityFilter(const Cluster& cluster) : cluster_(cluster) {}
  [[nodiscard]] std::string_view name() const override { return "node-affinity"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const Cluster& cluster_;
};

/// Taints with the effects NoSchedule and NoExecute that the pod does not tolerate; the first
/// is named. Source: kube-scheduler TaintToleration.
class TaintFilter final : public FilterTerm {
 public:
  explicit TaintFilter(const Cluster& cluster) : cluster_(cluster) {}
  [[nodiscard]] std::string_view name() const override { return "taints"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] bool applies(const Spec& spec) const override;
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const Cluster& cluster_;
};

/// Ports of the node that tasks there claim already: those that run, those that are leaving
/// (their ports are free only once they are gone) and those with a reservation. A task that
/// holds a reservation gives it up before it asks again. Source: kube-scheduler NodePorts.
class HostPortFilter final : public FilterTerm {
 public:
  explicit HostPortFilter(const Cluster& cluster);
  [[nodiscard]] std::string_view name() const override { return "host-ports"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::tasks_on_node}; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return !spec.host_ports.empty(); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  [[nodiscard]] bool is_taken(NodeId node, const std::vector<HostPort>& wanted) const;

  const Cluster& cluster_;
  Symbol any_address_;
};

/// Nodes from which a bound volume of the pod cannot be reached. Source: kube-scheduler
/// VolumeBinding and VolumeZone, for volumes that are bound.
class VolumeAffinityFilter final : public FilterTerm {
 public:
  explicit VolumeAffinityFilter(const Cluster& cluster) : cluster_(cluster) {}
  [[nodiscard]] std::string_view name() const override { return "volume-affinity"; }
  [[nodiscard]] Inputs inputs() const override { return {Input::spec, Input::node_row}; }
  [[nodiscard]] bool applies(const Spec& spec) const override { return !spec.volume_nodes.empty(); }
  void filter(const TaskView& task, std::span<const NodeId> nodes, std::span<Fit> out) const override;

 private:
  const Cluster& cluster_;
};

}  // namespace basalt
